package org.dinovmf.training.loss;

import java.util.List;
import org.dinovmf.ops.Nn;
import org.dinovmf.ops.TargetRows;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Cross-entropy between the teacher's distributions of the two global crops and the student's of
 * every crop, without the pairs of a crop with itself; Caron et al. 2021, eq. 3.
 *
 * <p>A local crop meets both targets, so their sum is what it is compared with, and each student
 * row's posterior is taken once.
 */
public final class ClsLoss {

  private static final int GLOBAL_CROPS = 2;

  private ClsLoss() {}

  /**
   * Mean over the pairs of the mean over the batch.
   *
   * @param targets {@code [2 * batch, prototypes]}, crop-major
   * @param student the mixture that says the posteriors
   * @param y {@code [crops * batch, dim]}, crop-major, global crops first
   * @return scalar, nats
   */
  public static <T extends TFloating> Operand<T> of(
      Ops tf, Operand<T> targets, TemperedMixture<T> student, Operand<T> y, int batch) {
    return of(tf, targets, student, y, batch, TemperedMixture.blockSize(y.shape().get(0)));
  }

  static <T extends TFloating> Operand<T> of(
      Ops tf,
      Operand<T> targets,
      TemperedMixture<T> student,
      Operand<T> y,
      int batch,
      int blockSize) {
    int crops = (int) (y.shape().get(0) / batch);
    Operand<T> rows = student.crossEntropy(tf, y, rows(tf, targets, crops, batch), blockSize);
    long pairs = GLOBAL_CROPS * (long) crops - GLOBAL_CROPS;
    return Nn.scale(tf, tf.reduceSum(rows, tf.array(0)), 1.0 / (pairs * batch));
  }

  /** The other one for a global crop, and the sum of both for a local one. */
  private static <T extends TFloating> TargetRows<T> rows(
      Ops tf, Operand<T> targets, int crops, int batch) {
    Operand<T> one = tf.fill(tf.array(GLOBAL_CROPS * batch), Nn.scalar(tf, 1, targets));
    if (crops == GLOBAL_CROPS) {
      return new TargetRows<>(
          targets,
          (scope, given) ->
              scope.concat(
                  List.of(crop(scope, given, 1, batch), crop(scope, given, 0, batch)),
                  scope.constant(0)),
          one);
    }
    int locals = crops - GLOBAL_CROPS;
    Operand<T> two = tf.fill(tf.array(locals * batch), Nn.scalar(tf, GLOBAL_CROPS, targets));
    return new TargetRows<>(
        targets,
        (scope, given) -> {
          Operand<T> first = crop(scope, given, 0, batch);
          Operand<T> second = crop(scope, given, 1, batch);
          Operand<T> both = scope.math.add(first, second);
          return scope.concat(
              List.of(second, first, scope.tile(both, scope.array(locals, 1))), scope.constant(0));
        },
        tf.concat(List.of(one, two), tf.constant(0)));
  }

  /** {@code [batch, block]} of {@code [2 * batch, block]}. */
  private static <T extends TFloating> Operand<T> crop(
      Ops tf, Operand<T> given, int index, int batch) {
    return tf.slice(given, tf.array(index * batch, 0), tf.array(batch, -1));
  }
}
