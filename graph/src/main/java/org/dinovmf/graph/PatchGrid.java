package org.dinovmf.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;

/**
 * The patches of a batch of images. Rows and columns are constants where the sides of the images
 * are known when the graph is built, else they are computed when it runs.
 */
final class PatchGrid {

  private final Ops tf;
  private final Operand<?> images;
  private final int patchSize;

  /**
   * The grid of images.
   *
   * @param images {@code [batch, height, width, channels]}, sides known or not
   */
  PatchGrid(Ops tf, Operand<?> images, int patchSize) {
    this.tf = tf;
    this.images = images;
    this.patchSize = patchSize;
  }

  /** Whether both sides are known when the graph is built. */
  boolean isKnown() {
    return isKnown(1) && isKnown(2);
  }

  /** Rows of patches, where known. */
  int knownRows() {
    return (int) (images.shape().get(1) / patchSize);
  }

  /** Columns of patches, where known. */
  int knownColumns() {
    return (int) (images.shape().get(2) / patchSize);
  }

  /** Scalar. */
  Operand<TInt64> rows() {
    return along(1);
  }

  /** Scalar. */
  Operand<TInt64> columns() {
    return along(2);
  }

  /** {@code [batch, rows, patchSize, columns, patchSize, channels]}. */
  Operand<TInt64> cutShape(int channels) {
    if (isKnown()) {
      return tf.array(-1L, knownRows(), patchSize, knownColumns(), patchSize, channels);
    }
    // The batch is not left to be inferred: a side that the patch does not divide must fail, and
    // not come out as another number of images.
    Operand<TInt64> patch = tf.constant((long) patchSize);
    return tf.stack(
        List.of(size(0), rows(), patch, columns(), patch, tf.constant((long) channels)));
  }

  /** {@code [batch, patches, width]}. */
  Operand<TInt64> rowsOf(long width) {
    return isKnown()
        ? tf.array(-1L, (long) knownRows() * knownColumns(), width)
        : tf.stack(List.of(size(0), tf.constant(-1L), tf.constant(width)));
  }

  /** {@code [batch, heads, rows, columns]}. */
  Operand<TInt64> mapShape(int heads) {
    return isKnown()
        ? tf.array(-1L, heads, knownRows(), knownColumns())
        : tf.stack(List.of(size(0), tf.constant((long) heads), rows(), columns()));
  }

  private boolean isKnown(int axis) {
    return images.shape().get(axis) != Shape.UNKNOWN_SIZE;
  }

  private Operand<TInt64> along(int axis) {
    return isKnown(axis)
        ? tf.constant(images.shape().get(axis) / patchSize)
        : tf.math.floorDiv(size(axis), tf.constant((long) patchSize));
  }

  private Operand<TInt64> size(int axis) {
    Operand<TInt64> one =
        tf.slice(tf.shape(images, TInt64.class), tf.array((long) axis), tf.array(1L));
    return tf.reshape(one, tf.constant(new long[0]));
  }
}
