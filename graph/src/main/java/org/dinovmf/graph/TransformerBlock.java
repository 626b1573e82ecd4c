package org.dinovmf.graph;

import org.dinovmf.ops.Affine;
import org.dinovmf.ops.AttentionWeights;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Pre-norm ViT encoder block: self-attention, then an MLP, each inside a residual connection.
 *
 * <p>For tokens {@code x}, {@code y = x + MSA(LN(x))} and the result is {@code y + MLP(LN(y))};
 * Dosovitskiy et al. 2021, eq. 2 and 3. With LayerScale each branch is multiplied by a vector of
 * its own, Touvron et al., ICCV 2021, eq. 3. Weight names and the packing of q, k and v follow
 * timm.
 */
final class TransformerBlock<T extends TFloating> {

  private final VitConfig config;
  private final int index;
  private final Kernels kernels;
  private final Weights<T> weights;

  TransformerBlock(VitConfig config, int index, Kernels kernels, Weights<T> weights) {
    this.config = config;
    this.index = index;
    this.kernels = kernels;
    this.weights = weights;
  }

  /**
   * Adds the block to the graph.
   *
   * @param x {@code [batch, tokens, dim]}
   * @return {@code [batch, tokens, dim]}
   */
  Operand<T> apply(Ops tf, Operand<T> x, DropPath dropPath) {
    Operand<T> attention = scaled(tf, attention(tf, norm(tf, x, "norm1")), "ls1");
    Operand<T> y = tf.math.add(x, dropPath.apply(tf, attention, index, config.depth(), 0));
    Operand<T> mlp = scaled(tf, mlp(tf, norm(tf, y, "norm2")), "ls2");
    return tf.math.add(y, dropPath.apply(tf, mlp, index, config.depth(), 1));
  }

  /**
   * How the class token attends to every token in this block.
   *
   * @param x what {@link #apply} takes
   * @return {@code [batch, heads, tokens]}
   */
  Operand<T> clsAttention(Ops tf, Operand<T> x) {
    int dim = config.embedDim();
    Operand<T> qkv = linear(tf, norm(tf, x, "norm1"), "attn/qkv", dim, 3 * dim);
    return AttentionWeights.ofFirstToken(tf, qkv, config.numHeads());
  }

  private Operand<T> scaled(Ops tf, Operand<T> branch, String name) {
    if (!config.extras().hasLayerScale()) {
      return branch;
    }
    Shape shape = Shape.of(config.embedDim());
    return tf.math.mul(branch, weights.get(name + "/gamma", shape, Initializer.SMALL));
  }

  private Operand<T> attention(Ops tf, Operand<T> x) {
    int dim = config.embedDim();
    Operand<T> qkv = linear(tf, x, "attn/qkv", dim, 3 * dim);
    return linear(tf, kernels.attention(tf, qkv, config.numHeads()), "attn/proj", dim, dim);
  }

  private Operand<T> mlp(Ops tf, Operand<T> x) {
    int dim = config.embedDim();
    Affine<T> first = Layers.affine(weights.below("mlp/fc1"), dim, config.mlpDim());
    Affine<T> second = Layers.affine(weights.below("mlp/fc2"), config.mlpDim(), dim);
    // In rows throughout, so that where no gradient is taken TensorFlow fuses bias and GELU into
    // the first product.
    return Nn.inRows(tf, x, rows -> kernels.mlp(tf, rows, first, second));
  }

  private Operand<T> linear(Ops tf, Operand<T> x, String name, int in, int out) {
    return Layers.linear(tf, kernels, weights.below(name), x, in, out);
  }

  private Operand<T> norm(Ops tf, Operand<T> x, String name) {
    return Layers.layerNorm(tf, kernels, weights.below(name), x, config.embedDim());
  }
}
