package org.dinovmf.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Makes tensors of pixels, of sides and channels that an encoder takes. */
record PixelInput(EncoderSpec spec, Sizes sizes) {

  /** Pixels in 0..1, {@code [batch][height][width][channels]}; the caller closes the tensor. */
  TFloat32 tensor(float[][][][] pixels) {
    Shape shape = StdArrays.shapeOf(pixels);
    check(shape);
    float[] flat = new float[Math.toIntExact(shape.size())];
    copyRuns(pixels, spec.channels().count(), flat);
    return TFloat32.tensorOf(shape, DataBuffers.of(flat, true, false));
  }

  /** Pixels in 0..255; the caller closes the tensor. */
  TUint8 tensor(byte[][][][] pixels) {
    Shape shape = StdArrays.shapeOf(pixels);
    check(shape);
    byte[] flat = new byte[Math.toIntExact(shape.size())];
    copyRuns(pixels, spec.channels().count(), flat);
    return TUint8.tensorOf(shape, DataBuffers.of(flat, true, false));
  }

  /**
   * TensorFlow Java copies nested arrays too, but value by value, which takes as long as a ViT-Ti.
   */
  private static void copyRuns(Object[][][] pixels, int channels, Object flat) {
    int from = 0;
    for (Object[][] image : pixels) {
      for (Object[] row : image) {
        for (Object pixel : row) {
          System.arraycopy(pixel, 0, flat, from, channels);
          from += channels;
        }
      }
    }
  }

  private void check(Shape shape) {
    int channels = spec.channels().count();
    if (sizes == Sizes.FIXED) {
      int crop = spec.transform().crop();
      if (!shape.equals(Shape.of(shape.get(0), crop, crop, channels))) {
        throw new IllegalArgumentException(
            "pixels must be [batch, %d, %d, %d], but are %s"
                .formatted(crop, crop, channels, shape));
      }
      return;
    }
    int patch = spec.encoder().patchSize();
    if (shape.get(1) < 1
        || shape.get(1) % patch != 0
        || shape.get(2) < 1
        || shape.get(2) % patch != 0
        || shape.get(3) != channels) {
      throw new IllegalArgumentException(
          "pixels must be [batch, height, width, %d] with sides that the patch size %d divides, but are %s"
              .formatted(channels, patch, shape));
    }
  }
}
