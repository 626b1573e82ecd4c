package org.dinovmf.graph.preprocessing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.dinovmf.ops.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

final class PreprocessingTest {

  private static final Golden PHOTOGRAPH =
      Golden.referenceOrOwn(PreprocessingTest.class, "pixel-operations");

  /** Of a grey level, which a pixel holds over 255. */
  private static final float LAST_DIGIT = 3e-5f;

  @Test
  void matchesTheUsualPythonStackOnAPhotograph() {
    Normalization normalization = Normalization.imageNet();
    float[] levels = levels(source(), 120, 160, new EvalTransform(64, 56));
    double[] expected = PHOTOGRAPH.values("eval_transform"); // [3, 56, 56], normalized
    int pixels = 56 * 56;
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < pixels; i++) {
        double level =
            255
                * (expected[c * pixels + i] * normalization.std().get(c)
                    + normalization.mean().get(c));
        assertEquals(level, levels[3 * i + c], LAST_DIGIT, "channel " + c + ", pixel " + i);
      }
    }
  }

  @Test
  void keepsAnImageThatHasTheSizeAlready() {
    byte[] image = source();
    float[] levels = levels(image, 120, 160, EvalTransform.whole(120));
    float[] expected = new float[120 * 120 * 3];
    for (int y = 0, at = 0; y < 120; y++) {
      for (int x = 20 * 3; x < 140 * 3; x++) {
        expected[at++] = Byte.toUnsignedInt(image[y * 160 * 3 + x]);
      }
    }
    assertArrayEquals(expected, levels, LAST_DIGIT);
  }

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"1,1", "1,4000", "4000,1", "3,2", "28,28", "500,333"})
  void keepsOneColorAtAnySize(int height, int width) {
    byte[] image = new byte[height * width * 3];
    for (int i = 0; i < image.length; i += 3) {
      image[i] = (byte) 200;
      image[i + 1] = 7;
      image[i + 2] = (byte) 255;
    }
    float[] levels = levels(image, height, width, new EvalTransform(16, 14));
    for (int i = 0; i < levels.length; i += 3) {
      assertArrayEquals(
          new float[] {200, 7, 255},
          new float[] {levels[i], levels[i + 1], levels[i + 2]},
          LAST_DIGIT);
    }
  }

  /** Python rounds half a pixel to the even side: (7 - 4) / 2 is 2, (5 - 4) / 2 is 0. */
  @ParameterizedTest(name = "{0} pixels wide")
  @CsvSource({"7,2", "5,0", "9,2", "6,1"})
  void cutsTheCenterAsPythonRounds(int width, int expectedLeft) {
    byte[] image = new byte[4 * width * 3];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (i / 3 % width);
    }
    assertEquals(expectedLeft, levels(image, 4, width, EvalTransform.whole(4))[0], LAST_DIGIT);
  }

  @Test
  void takesMeanAndDeviationOut() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> pixels =
          tf.reshape(tf.constant(new float[] {0.5f, 0.25f, 1f}), tf.array(1, 1, 1, 3));
      Operand<TFloat32> result =
          Preprocessing.normalize(
              tf, pixels, new Normalization(List.of(0.25, 0.25, 0.5), List.of(0.5, 0.25, 0.125)));
      assertArrayEquals(new float[] {0.5f, 0f, 4f}, floats(graph, result));
    }
  }

  @Test
  void rejectsGreyPixels() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> grey = tf.zeros(tf.array(1, 4, 4, 1), TFloat32.class);
      IllegalArgumentException fault =
          assertThrows(
              IllegalArgumentException.class,
              () -> Preprocessing.normalize(tf, grey, Normalization.imageNet()));
      assertEquals(
          "pixels must be [batch, height, width, 3], but are [1, 4, 4, 1]", fault.getMessage());
    }
  }

  @Test
  void rejectsAnImageOfAnUnknownNumberOfChannels() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> image =
          tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1)));
      IllegalArgumentException fault =
          assertThrows(
              IllegalArgumentException.class,
              () -> Preprocessing.resizeAndCrop(tf, image, EvalTransform.whole(4)));
      assertEquals(
          "an image must have 3 dimensions, the last a known number of channels, but is [-1, -1, -1]",
          fault.getMessage());
    }
  }

  private static byte[] source() {
    double[] values = PHOTOGRAPH.values("source");
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (int) values[i];
    }
    return bytes;
  }

  /** Grey levels of the transformed image, {@code [crop, crop, 3]} in row-major order. */
  private static float[] levels(byte[] image, int height, int width, EvalTransform transform) {
    try (Graph graph = new Graph();
        TUint8 tensor =
            TUint8.tensorOf(Shape.of(height, width, 3), DataBuffers.of(image, true, false))) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> input =
          tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, 3)));
      Operand<TFloat32> pixels = Preprocessing.resizeAndCrop(tf, input, transform);
      try (Session session = new Session(graph);
          TFloat32 result =
              (TFloat32) session.runner().feed(input, tensor).fetch(pixels).run().get(0)) {
        float[] values = copy(result);
        for (int i = 0; i < values.length; i++) {
          values[i] *= 255;
        }
        return values;
      }
    }
  }

  private static float[] floats(Graph graph, Operand<TFloat32> operand) {
    try (Session session = new Session(graph);
        TFloat32 result = (TFloat32) session.runner().fetch(operand).run().get(0)) {
      return copy(result);
    }
  }

  private static float[] copy(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
