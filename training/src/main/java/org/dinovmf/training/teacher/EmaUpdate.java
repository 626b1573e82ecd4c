package org.dinovmf.training.teacher;

import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Exponential moving average of the student's weights. It runs over the weights as they are stored,
 * so a prototype's length and direction move apart from each other, as in the published code.
 */
public final class EmaUpdate {

  private EmaUpdate() {}

  /**
   * {@code teacher <- momentum * teacher + (1 - momentum) * student}.
   *
   * @param tf ops whose control dependencies include the student's update
   * @param momentum scalar
   */
  public static <T extends TFloating> Op of(
      Ops tf, Variable<T> teacher, Variable<T> student, Operand<T> momentum) {
    Class<T> type = student.value().type();
    Operand<T> updated = tf.readVariableOp(student.handle(), type);
    Operand<T> current = tf.readVariableOp(teacher.handle(), type);
    Operand<T> share = tf.math.sub(Nn.scalar(tf, 1, momentum), momentum);
    Operand<T> gap = tf.math.sub(updated, current);
    return tf.assignAddVariableOp(teacher.handle(), tf.math.mul(gap, share));
  }
}
