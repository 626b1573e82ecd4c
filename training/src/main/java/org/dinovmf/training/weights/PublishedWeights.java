package org.dinovmf.training.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.tensorflow.ndarray.Shape;

/** The weights of one network of a file under their published names. */
final class PublishedWeights {

  private static final List<String> ATTENTION = List.of("q", "k", "v");
  private static final Pattern ATTENTION_PART = Pattern.compile("(.*\\.attn\\.)([qkv])(\\.\\w+)");
  private static final String POSITIONS = KeyNames.BACKBONE + "pos_embed";
  private static final String REGISTERS = KeyNames.BACKBONE + "register_tokens";

  /** Tensors to be joined along their first axis, mostly one. */
  private final Map<String, List<StoredTensor>> tensors = new TreeMap<>();

  private final Map<String, String> renamed = new LinkedHashMap<>();
  private final List<String> leftOver = new ArrayList<>();

  private PublishedWeights() {}

  /**
   * Translates the names of a table.
   *
   * @param file names it in messages
   */
  static PublishedWeights of(String file, Map<String, StoredTensor> table)
      throws CheckpointException {
    PublishedWeights weights = new PublishedWeights();
    Map<String, StoredTensor> found = new TreeMap<>();
    List<String> foreign = new ArrayList<>();
    for (Map.Entry<String, StoredTensor> entry : table.entrySet()) {
      KeyNames.Name name = KeyNames.of(entry.getKey());
      switch (name.kind()) {
        case KNOWN -> {
          if (found.put(name.published(), entry.getValue()) != null) {
            throw new CheckpointException(
                "'%s' has two weights that both mean '%s', one of them '%s'"
                    .formatted(file, name.published(), Texts.line(entry.getKey())));
          }
          weights.noteRenamed(entry.getKey(), name.published());
        }
        case BESIDE -> weights.leftOver.add(entry.getKey());
        case SWIGLU ->
            throw new CheckpointException(
                "'%s' has a SwiGLU network in its blocks ('%s'), and this encoder has an MLP with GELU; only encoders with such an MLP can be imported"
                    .formatted(file, Texts.line(entry.getKey())));
        case FOREIGN -> foreign.add(Texts.line(entry.getKey()));
      }
    }
    if (!foreign.isEmpty()) {
      throw new CheckpointException(
          "'%s' has %d weights for which this encoder has no place, such as '%s': it is no ViT, DeiT, DINO, iBOT or DINOv2 encoder"
              .formatted(file, foreign.size(), foreign.get(0)));
    }
    weights.join(file, found);
    return weights;
  }

  private void noteRenamed(String key, String published) {
    boolean isSame = key.equals(published) || published.equals(KeyNames.BACKBONE + key);
    if (!isSame) {
      renamed.put(key, published);
    }
  }

  /** Puts the separate queries, keys and values of a block into one weight, in this order. */
  private void join(String file, Map<String, StoredTensor> found) throws CheckpointException {
    for (Map.Entry<String, StoredTensor> entry : found.entrySet()) {
      String name = entry.getKey();
      Matcher part = ATTENTION_PART.matcher(name);
      if (!part.matches()) {
        tensors.put(name, List.of(entry.getValue()));
        continue;
      }
      List<StoredTensor> parts = new ArrayList<>();
      for (String letter : ATTENTION) {
        StoredTensor each = found.get(part.group(1) + letter + part.group(3));
        if (each == null) {
          throw new CheckpointException(
              "'%s' has '%s' but no '%s': the queries, keys and values of a block must be there together"
                  .formatted(file, name, part.group(1) + letter + part.group(3)));
        }
        parts.add(each);
      }
      tensors.put(part.group(1) + "qkv" + part.group(3), parts);
    }
  }

  Set<String> names() {
    return tensors.keySet();
  }

  /** The file's keys that have another published name. */
  Map<String, String> renamed() {
    return renamed;
  }

  /** The file's keys that the features do not depend on. */
  List<String> leftOver() {
    return leftOver;
  }

  /** The published shape of a weight, if it is there. */
  Optional<Shape> shape(String name) {
    List<StoredTensor> parts = tensors.get(name);
    if (parts == null) {
      return Optional.empty();
    }
    Shape first = parts.get(0).shape();
    if (parts.size() == 1) {
      return Optional.of(first);
    }
    long[] sizes = first.asArray();
    sizes[0] = parts.stream().mapToLong(part -> part.shape().get(0)).sum();
    return Optional.of(Shape.of(sizes));
  }

  /** The values of a weight, if it is there. */
  Optional<float[]> values(String name) throws IOException {
    List<StoredTensor> parts = tensors.get(name);
    if (parts == null) {
      return Optional.empty();
    }
    float[] all = new float[0];
    for (StoredTensor part : parts) {
      float[] values = part.floats();
      int before = all.length;
      all = before == 0 ? values : Arrays.copyOf(all, before + values.length);
      System.arraycopy(values, 0, all, before, values.length);
    }
    return Optional.of(all);
  }

  /**
   * The position table with one row for the class token and one for each patch. Without a row for
   * the class token it gets zeros; one for a distillation token is left out, since it belongs to
   * the register that this token becomes.
   */
  float[] positions(int patches) throws IOException {
    float[] table = values(POSITIONS).orElseThrow();
    int rows = Math.toIntExact(shape(POSITIONS).orElseThrow().get(1));
    int dim = table.length / rows;
    float[] result = new float[(1 + patches) * dim];
    if (rows > patches) {
      System.arraycopy(table, 0, result, 0, dim);
    }
    System.arraycopy(table, (rows - patches) * dim, result, dim, patches * dim);
    return result;
  }

  /** Register tokens; a distillation token with its position is one. */
  Optional<float[]> registers() throws IOException {
    Optional<float[]> token = values(KeyNames.DISTILLATION);
    if (token.isEmpty()) {
      return values(REGISTERS);
    }
    float[] register = token.get();
    float[] table = values(POSITIONS).orElseThrow();
    for (int i = 0; i < register.length; i++) {
      register[i] += table[register.length + i];
    }
    return Optional.of(register);
  }
}
