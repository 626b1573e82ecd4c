package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

final class ImageResizeTest {

  /** Sizes of which the margins left over are even and odd, larger and smaller than wanted. */
  @ParameterizedTest(name = "{0} x {1} to {2}, crop {3}, {4} channels")
  @CsvSource({
    "40,60,32,28,3",
    "61,40,31,28,3",
    "45,45,32,27,1",
    "20,33,32,32,3",
    "90,37,16,16,4",
    "37,37,37,37,3"
  })
  void matchesThePreprocessingOfTheGraph(
      int width, int height, int resize, int crop, int channels) {
    DecodedImage image = noise(width, height, channels);
    EvalTransform transform = new EvalTransform(resize, crop);
    DecodedImage ours = ImageResize.shorterSideAndCrop(image, transform);
    float[] theirs = inGraph(image, transform);
    assertEquals(crop, ours.width());
    assertEquals(crop, ours.height());
    int different = 0;
    for (int i = 0; i < theirs.length; i++) {
      int level = Math.round(theirs[i] * 255);
      int own = ours.pixels()[i] & 0xFF;
      different += level == own ? 0 : 1;
      // Weights of 22 bits against float32 may round a value to the other side.
      assertEquals(level, own, 1, "value " + i);
    }
    assertTrue(different <= theirs.length / 100, different + " of " + theirs.length);
  }

  @Test
  void cutsARectangle() {
    byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    DecodedImage image = new DecodedImage(4, 3, Channels.GRAY, pixels);
    assertArrayEquals(new byte[] {6, 7, 10, 11}, ImageResize.crop(image, 1, 1, 2, 2).pixels());
    assertEquals(
        "2 x 2 pixels at (3, 1) must lie in the image of 4 x 3",
        assertThrows(IllegalArgumentException.class, () -> ImageResize.crop(image, 3, 1, 2, 2))
            .getMessage());
  }

  @Test
  void shrinksToTheLongerSide() {
    DecodedImage image = noise(90, 37, 3);
    DecodedImage small = ImageResize.within(image, 30);
    assertEquals("30 x 12", small.width() + " x " + small.height());
    assertArrayEquals(ImageResize.resize(image, 30, 12).pixels(), small.pixels());
    assertEquals(1, ImageResize.within(noise(200, 1, 1), 20).height());
    assertSame(image, ImageResize.within(image, 90), "not enlarged");
  }

  /** Whole, the strip would have 256 times 25,600,000 pixels. */
  @Test
  void takesTheMiddleOfAVeryLongStrip() {
    DecodedImage strip = noise(1_000_000, 10, 3);
    EvalTransform transform = new EvalTransform(256, 224);
    DecodedImage square = ImageResize.shorterSideAndCrop(strip, transform);
    assertEquals("224 x 224", square.width() + " x " + square.height());
    DecodedImage middle = ImageResize.crop(strip, 500_000 - 25, 0, 50, 10);
    assertArrayEquals(ImageResize.shorterSideAndCrop(middle, transform).pixels(), square.pixels());
    assertArrayEquals(
        ImageResize.shorterSideAndCrop(upright(middle), transform).pixels(),
        ImageResize.shorterSideAndCrop(upright(strip), transform).pixels());
  }

  /** With rows for columns. */
  private static DecodedImage upright(DecodedImage image) {
    byte[] pixels = new byte[image.pixels().length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        System.arraycopy(
            image.pixels(), 3 * (y * image.width() + x), pixels, 3 * (x * image.height() + y), 3);
      }
    }
    return new DecodedImage(image.height(), image.width(), image.channels(), pixels);
  }

  private static DecodedImage noise(int width, int height, int channels) {
    byte[] pixels = new byte[width * height * channels];
    new SplittableRandom(width).nextBytes(pixels);
    return new DecodedImage(width, height, Channels.of(channels), pixels);
  }

  private static float[] inGraph(DecodedImage image, EvalTransform transform) {
    Shape shape = Shape.of(image.height(), image.width(), image.channels().count());
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      var fed = tf.placeholder(TUint8.class);
      var shaped = tf.ensureShape(fed, Shape.of(-1, -1, shape.get(2)));
      var pixels = Preprocessing.resizeAndCrop(tf, shaped, transform);
      try (Session session = new Session(graph);
          TUint8 values = TUint8.tensorOf(shape, DataBuffers.of(image.pixels(), true, false));
          Result result = session.runner().feed(fed, values).fetch(pixels).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] levels = new float[(int) tensor.size()];
        tensor.copyTo(DataBuffers.of(levels, false, false));
        return levels;
      }
    }
  }
}
