package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

class AttentionWeightsTest {

  private static final int BATCH = 2;
  private static final int TOKENS = 5;
  private static final int HEADS = 3;
  private static final int HEAD_DIM = 4;

  /** Equation 1 in loops, of which only the first row is looked at. */
  @Test
  void isTheFirstRowOfTheSoftmax() {
    int width = 3 * HEADS * HEAD_DIM;
    double[] values = IntStream.range(0, BATCH * TOKENS * width).mapToDouble(Math::sin).toArray();
    double[] expected = new double[BATCH * HEADS * TOKENS];
    for (int b = 0; b < BATCH; b++) {
      for (int h = 0; h < HEADS; h++) {
        int query = b * TOKENS * width + h * HEAD_DIM;
        double sum = 0;
        for (int t = 0; t < TOKENS; t++) {
          int key = (b * TOKENS + t) * width + (HEADS + h) * HEAD_DIM;
          double score = 0;
          for (int i = 0; i < HEAD_DIM; i++) {
            score += values[query + i] * values[key + i];
          }
          double weight = Math.exp(score / Math.sqrt((double) HEAD_DIM));
          expected[(b * HEADS + h) * TOKENS + t] = weight;
          sum += weight;
        }
        for (int t = 0; t < TOKENS; t++) {
          expected[(b * HEADS + h) * TOKENS + t] /= sum;
        }
      }
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> known = tf.reshape(tf.constant(values), tf.array(BATCH, TOKENS, width));
      Operand<TFloat64> unknown = tf.placeholderWithDefault(known, Shape.of(-1, -1, width));
      Operand<TFloat64> fromKnown = AttentionWeights.ofFirstToken(tf, known, HEADS);
      Operand<TFloat64> fromUnknown = AttentionWeights.ofFirstToken(tf, unknown, HEADS);
      Operand<TFloat64> wholeOfKnown = Kernels.plain().attention(tf, known, HEADS);
      Operand<TFloat64> wholeOfUnknown = Kernels.plain().attention(tf, unknown, HEADS);
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(fromKnown)
                  .fetch(fromUnknown)
                  .fetch(wholeOfKnown)
                  .fetch(wholeOfUnknown)
                  .run()) {
        assertEquals(Shape.of(BATCH, HEADS, TOKENS), result.get(0).shape());
        assertArrayEquals(expected, Tensors.doubles(result.get(0)), 1e-14);
        assertArrayEquals(expected, Tensors.doubles(result.get(1)), 1e-14);
        assertEquals(result.get(2).shape(), result.get(3).shape());
        assertArrayEquals(Tensors.doubles(result.get(2)), Tensors.doubles(result.get(3)));
      }
    }
  }
}
