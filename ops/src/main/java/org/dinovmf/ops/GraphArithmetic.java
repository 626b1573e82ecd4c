package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** {@link Arithmetic} of operands, element by element. */
record GraphArithmetic<T extends TFloating>(Ops tf, Class<T> type)
    implements Arithmetic<Operand<T>> {

  @Override
  public Operand<T> constant(double value) {
    return Nn.scalar(tf, value, type);
  }

  @Override
  public Operand<T> add(Operand<T> a, Operand<T> b) {
    return tf.math.add(a, b);
  }

  @Override
  public Operand<T> sub(Operand<T> a, Operand<T> b) {
    return tf.math.sub(a, b);
  }

  @Override
  public Operand<T> mul(Operand<T> a, Operand<T> b) {
    return tf.math.mul(a, b);
  }

  @Override
  public Operand<T> div(Operand<T> a, Operand<T> b) {
    return tf.math.div(a, b);
  }

  @Override
  public Operand<T> min(Operand<T> a, Operand<T> b) {
    return tf.math.minimum(a, b);
  }

  @Override
  public Operand<T> max(Operand<T> a, Operand<T> b) {
    return tf.math.maximum(a, b);
  }

  @Override
  public Operand<T> sqrt(Operand<T> a) {
    return tf.math.sqrt(a);
  }

  @Override
  public Operand<T> log(Operand<T> a) {
    return tf.math.log(a);
  }

  @Override
  public Operand<T> log1p(Operand<T> a) {
    return tf.math.log1p(a);
  }

  @Override
  public Operand<T> whereLess(Operand<T> a, Operand<T> b, Operand<T> then, Operand<T> otherwise) {
    return tf.select(tf.math.less(a, b), then, otherwise);
  }
}
