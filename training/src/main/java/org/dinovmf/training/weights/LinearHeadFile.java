package org.dinovmf.training.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.eval.linear.LinearHead;
import org.tensorflow.ndarray.Shape;

/**
 * A linear head as a safetensors file: {@code weight} [classes, dim] and {@code bias} [classes], as
 * PyTorch's linear layer has them, and in the metadata {@code classes}, a JSON array of names,
 * {@code features}, the kind of features that it takes, and {@code test_embedding}, a JSON array,
 * by which the encoder is known.
 */
public final class LinearHeadFile {

  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final String CLASSES = "classes";
  private static final String FEATURES = "features";
  private static final String TEST_EMBEDDING = "test_embedding";
  private static final JsonMapper JSON = new JsonMapper();

  private LinearHeadFile() {}

  /** Writes a file, or replaces it as a whole. */
  public static void write(Path file, SavedHead saved) throws IOException {
    LinearHead head = saved.head();
    int classes = head.classes().size();
    float[] weights = new float[classes * head.dim()];
    for (int c = 0; c < classes; c++) {
      System.arraycopy(head.weights()[c], 0, weights, c * head.dim(), head.dim());
    }
    Map<String, String> metadata =
        Map.of(
            CLASSES,
            JSON.writeValueAsString(head.classes()),
            FEATURES,
            head.features(),
            TEST_EMBEDDING,
            JSON.writeValueAsString(saved.testEmbedding()));
    List<NamedTensor> tensors =
        List.of(
            new NamedTensor(WEIGHT, Shape.of(classes, head.dim()), weights),
            new NamedTensor(BIAS, Shape.of(classes), head.bias()));
    AtomicFile.write(file, out -> SafetensorsWriter.write(out, tensors, metadata));
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException if it holds something else
   */
  public static SavedHead read(Path file) throws IOException {
    try (WeightFile opened = WeightFile.open(file)) {
      Map<String, StoredTensor> tensors = opened.groups().getOrDefault("", Map.of());
      Map<String, String> words = opened.metadata();
      if (!tensors.keySet().equals(Set.of(WEIGHT, BIAS))
          || !words.keySet().containsAll(List.of(CLASSES, FEATURES, TEST_EMBEDDING))) {
        throw new CheckpointException(
            "'%s' is not a linear head: it must hold '%s' and '%s', and say its '%s', '%s' and '%s'; make one with eval linear"
                .formatted(file, WEIGHT, BIAS, CLASSES, FEATURES, TEST_EMBEDDING));
      }
      return head(file, tensors.get(WEIGHT), tensors.get(BIAS).floats(), words);
    }
  }

  private static SavedHead head(
      Path file, StoredTensor weight, float[] bias, Map<String, String> words) throws IOException {
    Shape shape = weight.shape();
    if (shape.numDimensions() != 2) {
      throw new CheckpointException(
          "'%s' is not a linear head: its weight must be [classes, dim], but is %s"
              .formatted(file, shape));
    }
    float[] values = weight.floats();
    int dim = (int) shape.get(1);
    float[][] rows = new float[(int) shape.get(0)][];
    for (int c = 0; c < rows.length; c++) {
      rows[c] = Arrays.copyOfRange(values, c * dim, (c + 1) * dim);
    }
    try {
      List<String> classes = JSON.readValue(words.get(CLASSES), new TypeReference<>() {});
      if (classes == null || classes.contains(null)) {
        throw new IllegalArgumentException("classes must be a list of names");
      }
      return new SavedHead(
          new LinearHead(rows, bias, classes, words.get(FEATURES)),
          JSON.readValue(words.get(TEST_EMBEDDING), float[].class));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new CheckpointException(
          "'%s' is not a linear head: %s".formatted(file, Texts.line(e.getMessage())), e);
    }
  }
}
