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

  /** The weights of block 2 are below {@code blocks/2}. */
  public static final String BLOCKS = "blocks";

  /** The weights of the last LayerNorm are below it. */
  public static final String NORM = "norm";

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
   *     may be unknown, and with plain kernels the sides too; they must be multiples of the patch
   *     size
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
    return pass(tf, images, mask, dropPath).tokens();
  }

  /** As {@link #apply(Ops, Operand, Optional, DropPath)}, with what lies between the blocks. */
  public EncoderPass<T> pass(
      Ops tf, Operand<T> images, Optional<Operand<TBool>> mask, DropPath dropPath) {
    List<Operand<T>> states = states(tf, images, mask, dropPath);
    return new EncoderPass<>(
        states,
        tokens(tf, states.get(config.depth())),
        (scope, index, x) -> block(scope, index, x, dropPath));
  }

  /**
   * Adds the encoder to the graph with what is of use to look into it; for inference, without a
   * mask and stochastic depth.
   *
   * @param images as in {@link #apply(Ops, Operand, DropPath)}
   * @throws IllegalArgumentException if {@code images} has another shape
   */
  public TokensInDetail<T> applyInDetail(Ops tf, Operand<T> images) {
    List<Operand<T>> states = states(tf, images, Optional.empty(), DropPath.none());
    Tokens<T> tokens = tokens(tf, states.get(config.depth()));
    List<Operand<T>> clsOfBlocks = new ArrayList<>();
    for (Operand<T> state : states.subList(1, config.depth())) {
      clsOfBlocks.add(norm(tf, first(tf, state)));
    }
    clsOfBlocks.add(tokens.cls());
    int last = config.depth() - 1;
    Operand<T> attention = block(last).clsAttention(tf, states.get(last));
    Operand<T> toPatches =
        tf.slice(
            attention,
            tf.constant(new int[] {0, 0, config.prefixTokens()}),
            tf.constant(new int[] {-1, -1, -1}));
    PatchGrid grid = new PatchGrid(tf, images, config.patchSize());
    return new TokensInDetail<>(
        tokens, clsOfBlocks, tf.reshape(toPatches, grid.mapShape(config.numHeads())));
  }

  /** {@code [batch, tokens, dim]} before the first block and after each. */
  private List<Operand<T>> states(
      Ops tf, Operand<T> images, Optional<Operand<TBool>> mask, DropPath dropPath) {
    checkShape(images.shape());
    List<Operand<T>> states = new ArrayList<>();
    Operand<T> x = embed(tf, images, mask);
    states.add(x);
    for (int i = 0; i < config.depth(); i++) {
      x = block(tf, i, x, dropPath);
      states.add(x);
    }
    return states;
  }

  private Operand<T> block(Ops tf, int index, Operand<T> x, DropPath dropPath) {
    return block(index).apply(tf.withSubScope("block" + index), x, dropPath);
  }

  private TransformerBlock<T> block(int index) {
    return new TransformerBlock<>(config, index, kernels, weights.below(BLOCKS + "/" + index));
  }

  private void checkShape(Shape shape) {
    if (shape.numDimensions() != 4
        || !isDivided(shape.get(1))
        || !isDivided(shape.get(2))
        || shape.get(3) != config.inChannels()) {
      throw new IllegalArgumentException(
          "images must be [batch, height, width, %d] with sides that are multiples of the patch size %d, but are %s"
              .formatted(config.inChannels(), config.patchSize(), shape));
    }
  }

  /** Whether patches fill a side, as far as it is known. */
  private boolean isDivided(long side) {
    return side == Shape.UNKNOWN_SIZE || (side > 0 && side % config.patchSize() == 0);
  }

  private Tokens<T> tokens(Ops tf, Operand<T> state) {
    Operand<T> all = norm(tf, state);
    Operand<T> patches =
        tf.slice(
            all,
            tf.constant(new int[] {0, config.prefixTokens(), 0}),
            tf.constant(new int[] {-1, -1, -1}));
    return new Tokens<>(all, first(tf, all), patches);
  }

  private Operand<T> norm(Ops tf, Operand<T> x) {
    return Layers.layerNorm(tf, kernels, weights.below(NORM), x, config.embedDim());
  }

  /** {@code [batch, dim]}: the class token. */
  private Operand<T> first(Ops tf, Operand<T> tokens) {
    Operand<T> first =
        tf.slice(tokens, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 1, -1}));
    return tf.reshape(first, tf.array(-1, config.embedDim()));
  }

  /** {@code [batch, 1 + registers + patches, dim]}. */
  private Operand<T> embed(Ops tf, Operand<T> images, Optional<Operand<TBool>> mask) {
    int dim = config.embedDim();
    int side = config.grid();
    PatchGrid grid = new PatchGrid(tf, images, config.patchSize());
    Operand<T> patches =
        new PatchEmbed<>(config, kernels, weights.below("patch_embed")).apply(tf, images, grid);
    if (mask.isPresent()) {
      patches = masked(tf, patches, mask.get());
    }
    Operand<T> clsToken = weights.get("cls_token", Shape.of(1, 1, dim), Initializer.NORMAL);
    Operand<T> posEmbed =
        weights.get("pos_embed", Shape.of(1, 1L + (long) side * side, dim), Initializer.NORMAL);
    Operand<T> clsPosition =
        tf.slice(posEmbed, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {-1, 1, -1}));
    Operand<T> patchPositions =
        tf.slice(posEmbed, tf.constant(new int[] {0, 1, 0}), tf.constant(new int[] {-1, -1, -1}));

    Operand<T> placed = tf.math.add(patches, positions(tf, patchPositions, grid));
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
    Operand<T> joined = tf.concat(tokens, tf.constant(1));
    if (!grid.isKnown()) {
      return joined;
    }
    long count = config.prefixTokens() + (long) grid.knownRows() * grid.knownColumns();
    return tf.reshape(joined, tf.array(-1, count, dim));
  }

  /** {@code [1, patches, dim]}. */
  private Operand<T> positions(Ops tf, Operand<T> table, PatchGrid grid) {
    PositionRule rule = config.extras().positions();
    return grid.isKnown()
        ? PositionTable.resize(
            tf, table, rule, config.grid(), grid.knownRows(), grid.knownColumns())
        : PositionTable.resize(tf, table, rule, config.grid(), grid.rows(), grid.columns());
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
