package org.dinovmf.training.loss;

import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * The Kozachenko-Leonenko estimate of differential entropy, negated: it pushes each unit vector of
 * a batch away from its nearest neighbour; Sablayrolles et al., "Spreading vectors for similarity
 * search", ICLR 2019, eq. 2, without the constants.
 */
public final class KoLeo {

  /**
   * DINOv2's guard: added to every coordinate of the difference and to the distance, so that equal
   * vectors have a finite loss and slope.
   */
  private static final double EPSILON = 1e-8;

  /** Below every cosine: no vector is its own neighbour. */
  private static final double NO_NEIGHBOUR = -2;

  private KoLeo() {}

  /**
   * {@code -mean_i log(|x_i - x_n(i) + e| + e)} with {@code x} scaled to length 1 and {@code n(i)}
   * the nearest of the others. The choice of the neighbour has no gradient, its vector has.
   *
   * @param vectors {@code [batch, dim]}, at least 2 rows
   * @return scalar
   */
  public static <T extends TFloating> Operand<T> of(Ops tf, Operand<T> vectors) {
    long batch = vectors.shape().get(0);
    if (batch < 2) {
      throw new IllegalArgumentException(
          "a nearest neighbour needs a batch of at least 2, but it is " + batch);
    }
    Operand<T> x = Nn.l2Normalize(tf, vectors);
    Operand<T> cosines = tf.linalg.matMul(x, x, MatMul.transposeB(true)); // [batch, batch]
    Operand<T> nobody = tf.fill(tf.array(batch), Nn.scalar(tf, NO_NEIGHBOUR, vectors));
    Operand<TInt64> nearest =
        tf.math.argMax(tf.linalg.matrixSetDiag(cosines, nobody, tf.array(0)), tf.constant(1));
    Operand<T> epsilon = Nn.scalar(tf, EPSILON, vectors);
    Operand<T> gap = tf.math.add(tf.math.sub(x, tf.gather(x, nearest, tf.constant(0))), epsilon);
    Operand<T> distance =
        tf.math.sqrt(tf.reduceSum(tf.math.square(gap), tf.constant(1), ReduceSum.keepDims(false)));
    Operand<T> logs = tf.math.log(tf.math.add(distance, epsilon));
    return tf.math.neg(tf.math.mean(logs, tf.constant(0)));
  }
}
