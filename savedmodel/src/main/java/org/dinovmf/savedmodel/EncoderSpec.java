package org.dinovmf.savedmodel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;

/**
 * All that is needed, besides the weights, to turn images into embeddings. An exported model keeps
 * it in {@code assets.extra/encoder.json}.
 */
public record EncoderSpec(VitConfig encoder, EvalTransform transform, Normalization normalization) {

  private static final int FORMAT = 2;
  private static final Path FILE = Path.of("assets.extra", "encoder.json");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public EncoderSpec {
    int channels = Channels.of(encoder.inChannels()).count();
    if (normalization.channels() != channels) {
      throw new IllegalArgumentException(
          "mean and std must have a value for each of the %d channels of the encoder, but have %d"
              .formatted(channels, normalization.channels()));
    }
    int patch = encoder.patchSize();
    int crop = transform.crop();
    if (crop % patch != 0) {
      int above = (crop / patch + 1) * patch;
      int below = above - patch;
      throw new IllegalArgumentException(
          "crop of %d pixels is not a multiple of the patch size %d; use %s"
              .formatted(crop, patch, below == 0 ? above : above + " or " + below));
    }
  }

  /** Width of an embedding. */
  public int dimension() {
    return encoder.embedDim();
  }

  /** What a pixel holds. */
  public Channels channels() {
    return Channels.of(encoder.inChannels());
  }

  /** Writes the description into the folder of an exported model. */
  void write(Path model) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.set("encoder", JSON.valueToTree(encoder));
    root.set("transform", JSON.valueToTree(transform));
    root.set("normalization", JSON.valueToTree(normalization));
    Path file = model.resolve(FILE);
    Files.createDirectories(file.getParent());
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }

  /** Reads the description from the folder of an exported model. */
  static EncoderSpec read(Path model) throws IOException {
    Path file = model.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "'%s' is not an encoder that this program exported: it holds no %s"
              .formatted(model, FILE));
    }
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (root.path("format").asInt() != FORMAT) {
        throw new IOException(
            "'%s' must have format %d, but has %s: another version of this program wrote it"
                .formatted(file, FORMAT, root.path("format")));
      }
      return new EncoderSpec(
          JSON.treeToValue(root.path("encoder"), VitConfig.class),
          JSON.treeToValue(root.path("transform"), EvalTransform.class),
          JSON.treeToValue(root.path("normalization"), Normalization.class));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException("'%s' is damaged: %s".formatted(file, Lines.first(e)), e);
    }
  }
}
