package org.dinovmf.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.ops.Kernels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * The encoder: patches, class token, registers and positions, blocks, last LayerNorm; Dosovitskiy
 * et al. 2021.
 *
 * <p>It holds no state: student, teacher and export apply the same description to their own
 * weights. Weight names are those of timm and of the published checkpoints, with {@code /} for the
 * dot.
 *
 * @param <T> {@code TFloat32} to train, {@code TFloat64} to check gradients
 */
public final class VisionTransformer<T extends TFloating> {

  private final VitConfig config;
  private final Kernels kernels;
  private final Weights<T> weights;

  public VisionTransformer(VitConfig config, Kernels kernels, Weights<T> weights) {
    this.config = config;
    this.kernels = kernels;
    this.weights = weights;
  }

  /**
   * Adds the encoder to the graph.
   *
   * @param images {@code [batch, height, width, channels]}, mean and deviation taken out; the batch
   *     may be unknown, the sides may not and must be multiples of the patch size
   * @throws IllegalArgumentException if {@code images} has another shape
   */
  public Tokens<T> apply(Ops tf, Operand<T> images, DropPath dropPath) {
    return apply(tf, images, Optional.empty(), dropPath);
  }

  /**
   * Adds the encoder to the graph, with patches masked: each is replaced by the mask token after
   * the projection and before its position is added; Zhou et al., "iBOT: Image BERT Pre-Training
   * with Online Tokenizer", ICLR 2022.
   *
   * @param images as in {@link #apply(Ops, Operand, DropPath)}
   * @param mask {@code [batch, patches]}, true where a patch is masked; without one there is no
   *     mask token among the weights
   * @throws IllegalArgumentException if {@code images} or {@code mask} has another shape
   */
  public Tokens<T> apply(
      Ops tf, Operand<T> images, Optional<Operand<TBool>> mask, DropPath dropPath) {
    Shape shape = images.shape();
    int patch = config.patchSize();
    if (shape.numDimensions() != 4
        || shape.get(1) < 1
        || shape.get(2) < 1
        || shape.get(1) % patch != 0
        || shape.get(2) % patch != 0
        || shape.get(3) != config.inChannels()) {
      throw new IllegalArgumentException(
          "images must be [batch, height, width, %d] with sides that are multiples of the patch size %d, but are %s"
              .formatted(config.inChannels(), patch, shape));
    }
    Operand<T> x = embed(tf, images, mask);
    for (int i = 0; i < config.depth(); i++) {
      x =
          new TransformerBlock<>(config, i, kernels, weights.below("blocks/" + i))
              .apply(tf.withSubScope("block" + i), x, dropPath);
    }
    Operand<T> all = Layers.layerNorm(tf, kernels, weights.below("norm"), x, config.embedDim());
    Operand<T> first =
        tf.slice(all, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 1, -1}));
    Operand<T> patches =
        tf.slice(
            all,
            tf.constant(new int[] {0, config.prefixTokens(), 0}),
            tf.constant(new int[] {-1, -1, -1}));
    return new Tokens<>(all, tf.reshape(first, tf.array(-1, config.embedDim())), patches);
  }

  /** {@code [batch, 1 + registers + patches, dim]}. */
  private Operand<T> embed(Ops tf, Operand<T> images, Optional<Operand<TBool>> mask) {
    int dim = config.embedDim();
    int grid = config.grid();
    int rows = (int) (images.shape().get(1) / config.patchSize());
    int columns = (int) (images.shape().get(2) / config.patchSize());
    Operand<T> patches =
        new PatchEmbed<>(config, kernels, weights.below("patch_embed")).apply(tf, images);
    if (mask.isPresent()) {
      patches = masked(tf, patches, mask.get());
    }
    Operand<T> clsToken = weights.get("cls_token", Shape.of(1, 1, dim), Initializer.NORMAL);
    Operand<T> posEmbed =
        weights.get("pos_embed", Shape.of(1, 1L + (long) grid * grid, dim), Initializer.NORMAL);
    Operand<T> clsPosition =
        tf.slice(posEmbed, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 1, -1}));
    Operand<T> patchPositions =
        tf.slice(posEmbed, tf.constant(new int[] {0, 1, 0}), tf.constant(new int[] {-1, -1, -1}));

    Operand<T> placed =
        tf.math.add(
            patches,
            PositionTable.resize(
                tf, patchPositions, config.extras().positions(), grid, rows, columns));
    Operand<TInt64> batch =
        tf.slice(
            tf.shape(images, TInt64.class),
            tf.constant(new long[] {0}),
            tf.constant(new long[] {1}));
    Operand<TInt64> repeats =
        tf.concat(List.of(batch, tf.constant(new long[] {1, 1})), tf.constant(0));
    Operand<T> cls = tf.tile(tf.math.add(clsToken, clsPosition), repeats); // [batch, 1, dim]
    List<Operand<T>> tokens = new ArrayList<>(List.of(cls));
    int registers = config.extras().registers();
    if (registers > 0) {
      Operand<T> shared =
          weights.get("register_tokens", Shape.of(1, registers, dim), Initializer.NORMAL);
      tokens.add(tf.tile(shared, repeats)); // [batch, registers, dim]
    }
    tokens.add(placed);
    long count = config.prefixTokens() + (long) rows * columns;
    return tf.reshape(tf.concat(tokens, tf.constant(1)), tf.array(-1, count, dim));
  }

  private Operand<T> masked(Ops tf, Operand<T> patches, Operand<TBool> mask) {
    long count = patches.shape().get(1);
    if (mask.shape().numDimensions() != 2 || mask.shape().get(1) != count) {
      throw new IllegalArgumentException(
          "the mask must be [batch, %d], one value for each patch, but is %s"
              .formatted(count, mask.shape()));
    }
    int dim = config.embedDim();
    Operand<T> maskToken = weights.get("mask_token", Shape.of(1, dim), Initializer.ZEROS);
    Operand<TBool> wide = tf.reshape(mask, tf.array(-1, count, 1));
    return tf.select(wide, tf.reshape(maskToken, tf.array(1, 1, dim)), patches);
  }
}
