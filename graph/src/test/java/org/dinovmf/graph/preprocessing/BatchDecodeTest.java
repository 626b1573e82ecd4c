package org.dinovmf.graph.preprocessing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

final class BatchDecodeTest {

  private static final int CROP = 8;
  private static final EvalTransform TRANSFORM = new EvalTransform(10, CROP);

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Placeholder<TString> bytes =
      tf.placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
  private final Operand<TInt32> orientations =
      tf.placeholderWithDefault(
          tf.fill(tf.shape(bytes), tf.constant(1)), Shape.of(Shape.UNKNOWN_SIZE));
  private final BatchDecode batch =
      BatchDecode.of(tf, bytes, orientations, TRANSFORM, Channels.COLOR);
  private final Session session = new Session(graph);

  /** One row of pixels and one flag for each image. */
  private record Decoded(List<float[]> pixels, List<Boolean> valid) {}

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  @Test
  void failsOneImageAloneInAMixedBatch() {
    byte[] jpeg = encode(noise(40, 30, BufferedImage.TYPE_INT_RGB, 1), "jpg");
    byte[] png = encode(noise(12, 50, BufferedImage.TYPE_INT_RGB, 2), "png");
    byte[] grey = encode(noise(20, 20, BufferedImage.TYPE_BYTE_GRAY, 3), "png");
    byte[] garbage = "not an image at all".getBytes(StandardCharsets.UTF_8);

    Decoded mixed =
        decode(
            garbage,
            jpeg,
            new byte[0],
            png,
            Arrays.copyOf(jpeg, jpeg.length / 2),
            Arrays.copyOf(png, png.length / 2),
            grey,
            new byte[] {(byte) 0xff});

    assertEquals(List.of(false, true, false, true, false, false, true, false), mixed.valid());
    assertArrayEquals(decode(jpeg).pixels().get(0), mixed.pixels().get(1));
    assertArrayEquals(decode(png).pixels().get(0), mixed.pixels().get(3));
    assertArrayEquals(decode(grey).pixels().get(0), mixed.pixels().get(6));
    assertArrayEquals(new float[CROP * CROP * 3], mixed.pixels().get(0));
  }

  @Test
  void acceptsABatchOfBadImagesAndAnEmptyOne() {
    Decoded bad = decode(new byte[] {1}, new byte[0]);
    assertEquals(List.of(false, false), bad.valid());
    assertEquals(2, bad.pixels().size());
    assertEquals(0, decode().pixels().size());
  }

  @ParameterizedTest
  @CsvSource({"png", "bmp", "gif", "jpg"})
  void readsTheColorsOfEachFormat(String format) {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, new Color(255, 102, 0).getRGB());
    }
    Decoded decoded = decode(encode(image, format));
    assertEquals(List.of(true), decoded.valid());
    // JPEG's color space costs a grey level of red and green.
    float tolerance = format.equals("jpg") ? 2f / 255 : 1e-7f;
    assertEquals(1f, decoded.pixels().get(0)[0], tolerance);
    assertEquals(0.4f, decoded.pixels().get(0)[1], tolerance);
    assertEquals(0f, decoded.pixels().get(0)[2], tolerance);
  }

  /** The default inverse transform of the decoder is a fast one whose pixels differ. */
  @Test
  void readsJpegWithTheExactInverseTransform() {
    byte[] jpeg = encode(noise(10, 10, BufferedImage.TYPE_INT_RGB, 4), "jpg");
    Operand<TUint8> exact =
        tf.image.decodeJpeg(
            tf.reshape(bytes, tf.constant(new int[0])),
            DecodeJpeg.channels(3L),
            DecodeJpeg.dctMethod("INTEGER_ACCURATE"));
    Operand<TFloat32> expected = Preprocessing.resizeAndCrop(tf, exact, TRANSFORM);
    try (TString input = tensor(jpeg);
        TFloat32 result =
            (TFloat32) session.runner().feed(bytes, input).fetch(expected).run().get(0)) {
      assertArrayEquals(copy(result), decode(jpeg).pixels().get(0));
    }
  }

  /** Each orientation against the sentence of the standard about row 0 and column 0. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 1, 2, 3", // top left, top right, bottom left, bottom right of the picture as seen
    "2, 1, 0, 3, 2",
    "3, 3, 2, 1, 0",
    "4, 2, 3, 0, 1",
    "5, 0, 2, 1, 3",
    "6, 2, 0, 3, 1",
    "7, 3, 1, 2, 0",
    "8, 1, 3, 0, 2",
    "0, 0, 1, 2, 3",
    "9, 0, 1, 2, 3"
  })
  void turnsThePictureAsTheOrientationSays(
      int orientation, int topLeft, int topRight, int bottomLeft, int bottomRight) {
    int[] quarters = {0, 60, 120, 180};
    BufferedImage stored = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 400; i++) {
      int level = quarters[i / 200 * 2 + i % 20 / 10];
      stored.setRGB(i % 20, i / 20, new Color(level, level, level).getRGB());
    }
    int[] seen = {topLeft, topRight, bottomLeft, bottomRight};
    try (TString input = tensor(encode(stored, "png"));
        TInt32 tag = TInt32.vectorOf(orientation);
        var result =
            session
                .runner()
                .feed(bytes, input)
                .feed(orientations, tag)
                .fetch(batch.pixels())
                .run()) {
      float[] pixels = copy((TFloat32) result.get(0));
      for (int corner = 0; corner < 4; corner++) {
        int y = corner / 2 * (CROP - 1);
        int x = corner % 2 * (CROP - 1);
        assertEquals(
            quarters[seen[corner]] / 255f, pixels[3 * (y * CROP + x)], 1e-7f, "corner " + corner);
      }
    }
  }

  @Test
  void dropsTransparency() {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, new Color(51, 102, 153, 10).getRGB());
    }
    float[] pixels = decode(encode(image, "png")).pixels().get(0);
    assertArrayEquals(
        new float[] {0.2f, 0.4f, 0.6f},
        Arrays.copyOf(pixels, 3),
        1e-7f); // last digit of a quotient
  }

  private Decoded decode(byte[]... images) {
    try (TString input = tensor(images);
        var result =
            session.runner().feed(bytes, input).fetch(batch.pixels()).fetch(batch.valid()).run()) {
      float[] all = copy((TFloat32) result.get(0));
      TBool valid = (TBool) result.get(1);
      int size = CROP * CROP * 3;
      List<float[]> pixels = new ArrayList<>();
      List<Boolean> flags = new ArrayList<>();
      assertEquals(Shape.of(images.length, CROP, CROP, 3), result.get(0).shape());
      for (int i = 0; i < images.length; i++) {
        pixels.add(Arrays.copyOfRange(all, i * size, (i + 1) * size));
        flags.add(valid.getBoolean(i));
      }
      return new Decoded(pixels, flags);
    }
  }

  private static TString tensor(byte[]... images) {
    NdArray<byte[]> array = NdArrays.ofObjects(byte[].class, Shape.of(images.length));
    for (int i = 0; i < images.length; i++) {
      array.setObject(images[i], i);
    }
    return TString.tensorOfBytes(array);
  }

  private static BufferedImage noise(int width, int height, int type, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(width, height, type);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt());
    }
    return image;
  }

  private static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertEquals(true, ImageIO.write(image, format, out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static float[] copy(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
