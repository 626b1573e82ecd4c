package org.dinovmf.training.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.checkpoint.CheckpointException;

/**
 * What {@code config.json} and {@code preprocessor_config.json} beside a file of weights say, as
 * transformers and timm write them.
 *
 * @param heads attention heads
 * @param isTimm whether timm wrote the weights
 * @param normalization of the pixels
 * @param epsilon of the LayerNorms
 */
record SiblingConfig(
    Optional<Integer> heads,
    boolean isTimm,
    Optional<Normalization> normalization,
    Optional<Double> epsilon) {

  private static final long MAX_BYTES = 1 << 20;
  private static final JsonMapper JSON = new JsonMapper();

  /** Reads what lies beside the weights. */
  static SiblingConfig beside(Path weights) throws IOException {
    Path folder = weights.toAbsolutePath().getParent();
    JsonNode config = read(folder.resolve("config.json"));
    JsonNode preprocessor = read(folder.resolve("preprocessor_config.json"));
    String activation = config.path("hidden_act").asText("gelu");
    if (!activation.equals("gelu") || config.path("use_swiglu_ffn").asBoolean()) {
      throw new CheckpointException(
          "'%s' says %s, and this encoder has an MLP with GELU; only encoders with such an MLP can be imported"
              .formatted(
                  folder.resolve("config.json"),
                  activation.equals("gelu") ? "SwiGLU" : Texts.line(activation)));
    }
    JsonNode pretrained = config.path("pretrained_cfg");
    return new SiblingConfig(
        whole(config.path("num_attention_heads")),
        config.has("architecture") || pretrained.isObject(),
        normalization(preprocessor.path("image_mean"), preprocessor.path("image_std"))
            .or(() -> normalization(pretrained.path("mean"), pretrained.path("std"))),
        config.path("layer_norm_eps").isNumber()
            ? Optional.of(config.path("layer_norm_eps").doubleValue())
            : Optional.empty());
  }

  private static Optional<Integer> whole(JsonNode node) {
    return node.isInt() ? Optional.of(node.intValue()) : Optional.empty();
  }

  private static JsonNode read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      return JSON.createObjectNode();
    }
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          "'%s' beside the weights cannot be read: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static Optional<Normalization> normalization(JsonNode mean, JsonNode std) {
    return mean.size() == 3 && std.size() == 3
        ? Optional.of(new Normalization(numbers(mean), numbers(std)))
        : Optional.empty();
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(value -> numbers.add(value.asDouble()));
    return numbers;
  }
}
