package org.dinovmf.graph;

import java.util.Map;
import org.tensorflow.ndarray.Shape;

/**
 * Names and layouts of the published DINO and iBOT checkpoints. Every weight of ours stands for one
 * of theirs; linear weights are transposed, and the patch projection is a flattened convolution.
 */
public final class PublishedNames {

  private static final String PATCH_WEIGHT = "backbone/patch_embed/proj/weight";
  private static final String MASK_TOKEN = "backbone/mask_token";

  /** The published names of the prototypes, and of those for patches where they have their own. */
  private static final Map<String, String> PROTOTYPES =
      Map.of(
          "head/prototypes/direction", "head.last_layer.weight_v",
          "head/prototypes/norm", "head.last_layer.weight_g",
          "head/patch_prototypes/direction", "head.last_layer2.weight_v",
          "head/patch_prototypes/norm", "head.last_layer2.weight_g");

  private static final String MLP = "head/mlp/";

  private PublishedNames() {}

  /**
   * The published name, such as {@code backbone.blocks.0.attn.qkv.weight}.
   *
   * @param name of ours, below {@code student/} or {@code teacher/}
   */
  public static String of(String name) {
    if (PROTOTYPES.containsKey(name)) {
      return PROTOTYPES.get(name);
    }
    if (name.equals(MASK_TOKEN)) {
      return "backbone.masked_embed";
    }
    if (name.startsWith(MLP)) {
      // Activations count as layers there: 0, 2, 4.
      int slash = name.indexOf('/', MLP.length());
      int layer = Integer.parseInt(name.substring(MLP.length(), slash));
      return "head.mlp." + 2 * layer + "." + name.substring(slash + 1);
    }
    return name.replace('/', '.');
  }

  /**
   * Values in our layout.
   *
   * @param published flat values in the published layout
   * @param shape of ours
   */
  public static double[] fromPublished(String name, double[] published, Shape shape, int channels) {
    int[] order = order(name, shape, channels);
    double[] ours = new double[published.length];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = published[order[i]];
    }
    return ours;
  }

  /**
   * Values in the published layout.
   *
   * @param ours flat values in our layout
   * @param shape of ours
   */
  public static double[] toPublished(String name, double[] ours, Shape shape, int channels) {
    int[] order = order(name, shape, channels);
    double[] published = new double[ours.length];
    for (int i = 0; i < ours.length; i++) {
      published[order[i]] = ours[i];
    }
    return published;
  }

  /** Where our i-th value stands in the published layout. */
  private static int[] order(String name, Shape shape, int channels) {
    int[] order = new int[(int) shape.size()];
    boolean isLinear =
        shape.numDimensions() == 2 && name.endsWith("/weight") && !name.equals(PATCH_WEIGHT);
    int rows = isLinear || name.equals(PATCH_WEIGHT) ? (int) shape.get(0) : 1;
    int columns = order.length / rows;
    int patchArea = rows / channels;
    for (int row = 0; row < rows; row++) {
      // Ours is (pixel, channel) by output, theirs is output by (channel, pixel).
      int theirRow = name.equals(PATCH_WEIGHT) ? row % channels * patchArea + row / channels : row;
      for (int column = 0; column < columns; column++) {
        order[row * columns + column] = column * rows + theirRow;
      }
    }
    return order;
  }
}
