package org.dinovmf.graph.preprocessing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Images of one color, read as gray and with their opacity. */
final class BatchDecodeChannelsTest {

  private static final int CROP = 4;

  /** Last digit of a quotient. */
  private static final float EXACT = 1e-7f;

  /** JPEG's color space costs a gray level or two. */
  private static final float JPEG = 2f / 255;

  /** Pillow's convert("L") of (255, 102, 0) is 136. */
  @ParameterizedTest
  @CsvSource({"png", "bmp", "gif", "jpg"})
  void grayIsThePictureOfPillow(String format) throws IOException {
    float[] pixels = decode(Channels.GRAY, evenImage(new Color(255, 102, 0), false, format));
    assertEquals(CROP * CROP, pixels.length);
    float[] expected = new float[pixels.length];
    Arrays.fill(expected, 136f / 255);
    assertArrayEquals(expected, pixels, format.equals("jpg") ? JPEG : EXACT);
  }

  @Test
  void opacityIsThatOfThePng() throws IOException {
    byte[] file = evenImage(new Color(51, 102, 153, 10), true, "png");
    float[] pixels = decode(Channels.COLOR_AND_ALPHA, file);
    assertEquals(4 * CROP * CROP, pixels.length);
    for (int i = 0; i < pixels.length; i++) {
      assertEquals(new float[] {0.2f, 0.4f, 0.6f, 10f / 255}[i % 4], pixels[i], EXACT);
    }
  }

  @ParameterizedTest
  @CsvSource({"png", "bmp", "gif", "jpg"})
  void whatHasNoOpacityIsOpaque(String format) throws IOException {
    byte[] file = evenImage(new Color(255, 102, 0), false, format);
    float[] pixels = decode(Channels.COLOR_AND_ALPHA, file);
    for (int i = 0; i < pixels.length; i++) {
      float tolerance = i % 4 < 3 && format.equals("jpg") ? JPEG : EXACT;
      assertEquals(new float[] {1f, 0.4f, 0f, 1f}[i % 4], pixels[i], tolerance);
    }
  }

  private static float[] decode(Channels channels, byte[] image) {
    NdArray<byte[]> images = NdArrays.ofObjects(byte[].class, Shape.of(1));
    images.setObject(image, 0);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TString> bytes =
          tf.placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
      BatchDecode batch =
          BatchDecode.of(
              tf, bytes, tf.array(RotationTag.UPRIGHT), new EvalTransform(5, CROP), channels);
      try (Session session = new Session(graph);
          TString input = TString.tensorOfBytes(images);
          var result = session.runner().feed(bytes, input).fetch(batch.pixels()).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  private static byte[] evenImage(Color color, boolean hasAlpha, String format) throws IOException {
    int type = hasAlpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(16, 16, type);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, color.getRGB());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(true, ImageIO.write(image, format, out));
    return out.toByteArray();
  }
}
