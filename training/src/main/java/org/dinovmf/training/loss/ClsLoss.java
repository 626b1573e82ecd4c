package org.dinovmf.training.loss;

import java.util.List;
import java.util.Optional;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.family.TFloating;

/**
 * Cross-entropy between the teacher's distributions of the two global crops and the student's of
 * every crop, without the pairs of a crop with itself; Caron et al. 2021, eq. 3.
 *
 * <p>A local crop meets both targets, so their sum is what it is compared with, and each student
 * row's log-softmax is taken once.
 */
public final class ClsLoss {

  private static final int GLOBAL_CROPS = 2;

  private ClsLoss() {}

  /**
   * Mean over the pairs of the mean over the batch.
   *
   * @param targets {@code [2 * batch, prototypes]}, crop-major
   * @param studentScores raw, {@code [crops * batch, prototypes]}, crop-major, global crops first
   * @param studentTemp scalar
   * @param logNormalizer {@code [prototypes]}, where the prototypes have one
   * @return scalar, nats
   */
  public static <T extends TFloating> Operand<T> of(
      Ops tf,
      Operand<T> targets,
      Operand<T> studentScores,
      Operand<T> studentTemp,
      Optional<Operand<T>> logNormalizer,
      int batch) {
    long prototypes = targets.shape().get(1);
    long crops = studentScores.shape().get(0) / batch;
    Operand<T> logProbs =
        tf.nn.logSoftmax(Center.logits(tf, studentScores, studentTemp, logNormalizer));
    Operand<T> byCrop = tf.reshape(logProbs, tf.array(crops, batch, prototypes));
    List<Output<T>> target =
        tf.unstack(
                tf.reshape(targets, tf.array(GLOBAL_CROPS, batch, prototypes)),
                (long) GLOBAL_CROPS,
                Unstack.axis(0L))
            .output(); // each [batch, prototypes]
    Operand<T> swapped = tf.stack(List.of(target.get(1), target.get(0)));
    Operand<T> globals =
        tf.slice(byCrop, tf.constant(new int[] {0, 0, 0}), tf.array(GLOBAL_CROPS, -1, -1));
    Operand<T> total = sum(tf, tf.math.mul(swapped, globals));
    if (crops > GLOBAL_CROPS) {
      Operand<T> locals =
          tf.slice(byCrop, tf.array(GLOBAL_CROPS, 0, 0), tf.constant(new int[] {-1, -1, -1}));
      Operand<T> both = tf.math.add(target.get(0), target.get(1));
      total = tf.math.add(total, sum(tf, tf.math.mul(both, locals)));
    }
    long pairs = GLOBAL_CROPS * crops - GLOBAL_CROPS;
    return Nn.scale(tf, total, -1.0 / (pairs * batch));
  }

  private static <T extends TFloating> Operand<T> sum(Ops tf, Operand<T> x) {
    return tf.reduceSum(x, tf.array(0, 1, 2));
  }
}
