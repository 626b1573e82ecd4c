package org.dinovmf.training.eval.linear;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.dinovmf.training.eval.LabeledFeatures;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Which images a step sees, and as what. The tensors are the caller's to close. */
final class ProbeBatch {

  private ProbeBatch() {}

  static int[] inOrder(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** Fisher and Yates' shuffle. */
  static void shuffle(int[] order, SplittableRandom random) {
    for (int place = order.length - 1; place > 0; place--) {
      int other = random.nextInt(place + 1);
      int moved = order[place];
      order[place] = order[other];
      order[other] = moved;
    }
  }

  /** {@code [batch, dim]}: rows at the places {@code [from, to)} of an order. */
  static TFloat32 features(LabeledFeatures data, int[] order, int from, int to) {
    int dim = data.dim();
    float[] values = new float[(to - from) * dim];
    for (int i = from; i < to; i++) {
      System.arraycopy(data.features().get(order[i]), 0, values, (i - from) * dim, dim);
    }
    return TFloat32.tensorOf(Shape.of(to - from, dim), DataBuffers.of(values, true, false));
  }

  /** {@code [batch]}. */
  static TInt32 labels(LabeledFeatures data, int[] order, int from, int to) {
    int[] values = new int[to - from];
    for (int i = from; i < to; i++) {
      values[i - from] = data.labels().get(order[i]);
    }
    return TInt32.vectorOf(values);
  }
}
