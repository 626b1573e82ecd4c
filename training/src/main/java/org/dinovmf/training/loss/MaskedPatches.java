package org.dinovmf.training.loss;

import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Which rows of all patches are masked, and what each counts: an image's masked patches share the
 * weight of the image, so that images count alike however many are masked, and one without any
 * counts with a loss of 0.
 *
 * @param rows {@code [masked]}, among {@code images * patches}
 * @param weights {@code [masked]}: 1 over the masked patches of the image, over the images
 * @param share scalar: masked patches of all
 */
public record MaskedPatches<T extends TFloating>(
    Operand<TInt64> rows, Operand<T> weights, Operand<T> share) {

  /**
   * Reads a mask.
   *
   * @param mask {@code [images, patches]}, true where a patch is masked
   * @param like of the element type of the weights
   */
  public static <T extends TFloating> MaskedPatches<T> of(
      Ops tf, Operand<TBool> mask, Operand<T> like) {
    long images = mask.shape().get(0);
    long patches = mask.shape().get(1);
    Operand<TInt64> rows =
        tf.reshape(tf.where(tf.reshape(mask, tf.array(-1))), tf.array(-1)); // [masked]
    Operand<T> ones = tf.dtypes.cast(mask, like.type());
    Operand<T> counts = tf.reduceSum(ones, tf.constant(1), ReduceSum.keepDims(false)); // [images]
    Operand<T> shares =
        tf.math.div(
            Nn.scalar(tf, 1.0 / images, like), tf.math.maximum(counts, Nn.scalar(tf, 1, like)));
    Operand<TInt64> image = tf.math.floorDiv(rows, tf.constant(patches));
    return new MaskedPatches<>(
        rows,
        tf.gather(shares, image, tf.constant(0)),
        tf.math.mean(ones, tf.array(0, 1), Mean.keepDims(false)));
  }

  /**
   * The masked ones.
   *
   * @param all {@code [images * patches, width]}
   * @return {@code [masked, width]}
   */
  public Operand<T> of(Ops tf, Operand<T> all) {
    return tf.gather(all, rows, tf.constant(0));
  }
}
