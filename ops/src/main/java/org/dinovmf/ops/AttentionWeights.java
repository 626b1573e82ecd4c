package org.dinovmf.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/** What a token attends to, for people to look at; {@link Kernels#attention} never shows it. */
public final class AttentionWeights {

  private AttentionWeights() {}

  /**
   * How the first token attends to every token, {@code softmax(q_0 k' / sqrt(headDim))}; Vaswani et
   * al. 2017, eq. 1. The weights of a head sum to 1.
   *
   * @param qkv {@code [batch, tokens, 3 * dim]}, packed as for {@link Kernels#attention}; tokens
   *     may be unknown
   * @param numHeads a divisor of dim
   * @return {@code [batch, heads, tokens]}
   * @throws IllegalArgumentException if {@code qkv} has another shape
   */
  public static <T extends TFloating> Operand<T> ofFirstToken(
      Ops tf, Operand<T> qkv, int numHeads) {
    AttentionShape shape = AttentionShape.of(qkv.shape(), numHeads);
    long dim = shape.dim();
    Operand<T> query =
        tf.reshape(
            tf.slice(qkv, tf.array(0L, 0L, 0L), tf.array(-1L, 1L, dim)),
            tf.array(-1L, shape.numHeads(), shape.headDim()));
    Operand<T> keys = tf.slice(qkv, tf.array(0L, 0L, dim), tf.array(-1L, -1L, dim));
    Operand<TInt64> leading = tf.slice(tf.shape(qkv, TInt64.class), tf.array(0L), tf.array(2L));
    Operand<T> byHead = // [batch, tokens, heads, headDim]
        tf.reshape(
            keys,
            tf.concat(
                List.of(leading, tf.array(shape.numHeads(), shape.headDim())), tf.constant(0)));
    Operand<T> scaled = Nn.scale(tf, query, shape.scale());
    return tf.nn.softmax(tf.linalg.einsum(List.of(scaled, byHead), "bhd,bkhd->bhk"));
  }
}
