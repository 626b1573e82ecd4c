package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dinovmf.ops.GradientCheck;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

/** Masked patches; the golden runs of iBOT hold the values. */
class MaskTokenTest {

  private static final VitConfig CONFIG = VitConfig.plain(4, 2, 4, 1, 2, 2, 1);
  private static final Shape IMAGES = Shape.of(2, 4, 4, 1);
  private static final Shape TOKEN = Shape.of(1, 4);

  /** Of the first image the second patch, of the second one none. */
  private static final boolean[][] MASK = {
    {false, true, false, false}, {false, false, false, false}
  };

  @Test
  void aMaskedPatchHasNoInfluenceAndTheTokenHas() {
    double[] plain = run(0, 1, true);
    assertArrayEquals(plain, run(5, 1, true), "another masked pixel");
    double[] otherToken = run(0, 2, true);
    int half = plain.length / 2;
    assertFalse(Arrays.equals(plain, 0, half, otherToken, 0, half));
    assertArrayEquals(
        Arrays.copyOfRange(plain, half, 2 * half),
        Arrays.copyOfRange(otherToken, half, 2 * half),
        "the image without masked patches");
    double[] seen = run(0, 1, false);
    assertFalse(Arrays.equals(plain, 0, half, seen, 0, half));
    assertArrayEquals(
        Arrays.copyOfRange(seen, half, 2 * half), Arrays.copyOfRange(plain, half, 2 * half), 1e-15);
  }

  @Test
  void theTokensGradientIsThatOfDifferences() {
    try (GradientCheck check =
        new GradientCheck(
            (tf, inputs) -> tokens(tf, inputs.get(0), inputs.get(1), true),
            List.of(
                new GradientCheck.Input(IMAGES, i -> Math.sin(i)),
                new GradientCheck.Input(TOKEN, i -> Math.cos(i))))) {
      check.assertMatchesCentralDifference(1e-8);
    }
  }

  @Test
  void aMaskOfAnotherGridIsRefused() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TBool> mask = tf.constant(new boolean[2][9]);
      VisionTransformer<TFloat64> encoder =
          new VisionTransformer<>(
              CONFIG,
              Kernels.plain(),
              (name, shape, initializer) -> tf.fill(tf.constant(shape), tf.constant(0.1)));
      Operand<TFloat64> images = tf.fill(tf.constant(IMAGES), tf.constant(0.1));
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> encoder.apply(tf, images, Optional.of(mask), DropPath.none()));
      assertEquals(
          "the mask must be [batch, 4], one value for each patch, but is [2, 9]", e.getMessage());
    }
  }

  /** All tokens, with a value added to a pixel of the masked patch. */
  private static double[] run(double added, double token, boolean masks) {
    try (GradientCheck check =
        new GradientCheck(
            (tf, inputs) -> tokens(tf, inputs.get(0), inputs.get(1), masks),
            List.of(
                new GradientCheck.Input(IMAGES, i -> Math.sin(i) + (i == 3 ? added : 0)),
                new GradientCheck.Input(TOKEN, i -> token * Math.cos(i))))) {
      return check.output();
    }
  }

  private static Operand<TFloat64> tokens(
      Ops tf, Operand<TFloat64> images, Operand<TFloat64> token, boolean masks) {
    Weights<TFloat64> weights =
        (name, shape, initializer) ->
            name.equals("mask_token") ? token : varied(tf, shape, name.length());
    // The check asks for the slope of the token also where there is no use for it.
    Operand<TFloat64> none = tf.math.mul(tf.reduceSum(token, tf.array(0, 1)), tf.constant(0.0));
    Operand<TFloat64> all =
        new VisionTransformer<>(CONFIG, Kernels.training(), weights)
            .apply(
                tf,
                images,
                masks ? Optional.of(tf.constant(MASK)) : Optional.empty(),
                DropPath.none())
            .all();
    return tf.math.add(all, none);
  }

  private static Operand<TFloat64> varied(Ops tf, Shape shape, int phase) {
    double[] values = new double[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(1.7 * i + phase);
    }
    return tf.reshape(tf.constant(values), tf.constant(shape));
  }
}
