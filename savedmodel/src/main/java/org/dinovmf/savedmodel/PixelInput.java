package org.dinovmf.savedmodel;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Makes tensors of pixels, of sides and channels that an encoder takes. */
record PixelInput(EncoderSpec spec, Sizes sizes) {

  /** Pixels in 0..1, {@code [batch][height][width][channels]}; the caller closes the tensor. */
  TFloat32 tensor(float[][][][] pixels) {
    check(StdArrays.shapeOf(pixels));
    return TFloat32.tensorOf(StdArrays.ndCopyOf(pixels));
  }

  /** Pixels in 0..255; the caller closes the tensor. */
  TUint8 tensor(byte[][][][] pixels) {
    check(StdArrays.shapeOf(pixels));
    return TUint8.tensorOf(StdArrays.ndCopyOf(pixels));
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
