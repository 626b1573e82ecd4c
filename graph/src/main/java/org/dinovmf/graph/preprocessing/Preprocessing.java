package org.dinovmf.graph.preprocessing;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Resizing, cropping and normalization of images in the graph.
 *
 * <p>The pixels follow the usual Python image stack (torchvision's resize and center crop on Pillow
 * images): bicubic with antialiasing, columns first, then rows, each rounded to whole grey levels.
 */
public final class Preprocessing {

  /** Grey levels of a channel, less one. */
  private static final float WHITE = 255f;

  private Preprocessing() {}

  /**
   * Resizes the shorter side and cuts the square from the center. Only the pixels of the square are
   * computed.
   *
   * @param image {@code [height, width, channels]}, any size of at least 1 by 1, with a known
   *     number of channels; grey levels 0..255
   * @return {@code [crop, crop, channels]}, whole grey levels over 255, in 0..1
   */
  public static Operand<TFloat32> resizeAndCrop(
      Ops tf, Operand<? extends TNumber> image, EvalTransform transform) {
    int crop = transform.crop();
    int channels = (int) channels(image.shape(), 3);
    Operand<TInt64> shape = tf.shape(image, TInt64.class);
    Operand<TInt64> sides = tf.slice(shape, tf.array(0L), tf.array(2L)); // height, width
    Operand<TInt64> shorter = tf.min(sides, tf.constant(0));
    // Both sides at once: the shorter becomes exactly `resize`, the longer is rounded down.
    Operand<TInt64> resized =
        tf.math.floorDiv(tf.math.mul(sides, tf.constant((long) transform.resize())), shorter);
    Operand<TFloat32> scale = ratio(tf, resized, sides);
    // Half a pixel goes to the even side, as Python rounds.
    Operand<TFloat32> offset =
        tf.math.round(
            tf.math.mul(
                tf.dtypes.cast(tf.math.sub(resized, tf.constant((long) crop)), TFloat32.class),
                tf.constant(0.5f)));
    Operand<TFloat32> vertical = tf.constant(new float[] {1f, 0f});
    Operand<TFloat32> horizontal = tf.constant(new float[] {0f, 1f});
    Operand<TInt32> cropSide = tf.constant(crop);
    Operand<TInt32> height =
        tf.reshape(tf.slice(tf.shape(image), tf.array(0), tf.array(1)), tf.constant(new int[0]));

    Operand<TFloat32> columns = // [1, height, crop, channels]
        sample(
            tf,
            tf.expandDims(tf.dtypes.cast(image, TFloat32.class), tf.constant(0)),
            tf.stack(List.of(height, cropSide)),
            tf.math.add(tf.math.mul(scale, horizontal), vertical),
            tf.math.mul(offset, horizontal));
    Operand<TFloat32> square =
        sample(
            tf,
            columns,
            tf.array(crop, crop),
            tf.math.add(tf.math.mul(scale, vertical), horizontal),
            tf.math.mul(offset, vertical));
    return tf.math.div(tf.reshape(square, tf.array(crop, crop, channels)), tf.constant(WHITE));
  }

  /**
   * Takes the mean out and divides by the deviation.
   *
   * @param pixels {@code [batch, height, width, channels]} in 0..1
   * @return the shape of {@code pixels}
   */
  public static Operand<TFloat32> normalize(
      Ops tf, Operand<TFloat32> pixels, Normalization normalization) {
    if (channels(pixels.shape(), 4) != normalization.channels()) {
      throw new IllegalArgumentException(
          "pixels must be [batch, height, width, %d], but are %s"
              .formatted(normalization.channels(), pixels.shape()));
    }
    return tf.math.div(
        tf.math.sub(pixels, tf.constant(normalization.meanValues())),
        tf.constant(normalization.stdValues()));
  }

  /** The last of so many dimensions. */
  private static long channels(Shape shape, int dimensions) {
    if (shape.numDimensions() != dimensions || shape.get(dimensions - 1) < 1) {
      throw new IllegalArgumentException(
          "an image must have %d dimensions, the last a known number of channels, but is %s"
              .formatted(dimensions, shape));
    }
    return shape.get(dimensions - 1);
  }

  /** Bicubic sampling with the filter widened where the image shrinks, in whole grey levels. */
  private static Operand<TFloat32> sample(
      Ops tf,
      Operand<TFloat32> image,
      Operand<TInt32> size,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset) {
    Operand<TFloat32> raw =
        tf.image.scaleAndTranslate(
            image,
            size,
            scale,
            tf.math.neg(offset),
            ScaleAndTranslate.kernelType("keyscubic"),
            ScaleAndTranslate.antialias(true));
    Operand<TFloat32> whole = tf.math.floor(tf.math.add(raw, tf.constant(0.5f)));
    return tf.clipByValue(whole, tf.constant(0f), tf.constant(WHITE));
  }

  private static Operand<TFloat32> ratio(Ops tf, Operand<TInt64> a, Operand<TInt64> b) {
    return tf.math.div(tf.dtypes.cast(a, TFloat32.class), tf.dtypes.cast(b, TFloat32.class));
  }
}
