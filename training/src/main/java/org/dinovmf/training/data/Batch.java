package org.dinovmf.training.data;

import org.dinovmf.graph.preprocessing.Channels;

/**
 * The crops of one batch, before mean and deviation.
 *
 * @param size number of images
 * @param globalPixels side of a global crop
 * @param localPixels side of a local crop
 * @param localCrops number of local crops of an image
 * @param channels of every crop
 * @param global {@code [2 * size, globalPixels, globalPixels, channels]} unsigned bytes,
 *     crop-major: the first crop of every image, then the second
 * @param local {@code [localCrops * size, localPixels, localPixels, channels]} unsigned bytes,
 *     crop-major; empty without local crops
 * @param mask {@code [2 * size, patches]}, crop-major as {@code global}: 1 where a patch is masked
 *     for the student, else 0; empty where the method masks none
 * @param images the position in the index of the image behind each row; where a bad image was
 *     replaced, that of the replacement
 * @param position where in the run this batch stands
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to tensors once; copies would double the cost
public record Batch(
    int size,
    int globalPixels,
    int localPixels,
    int localCrops,
    Channels channels,
    byte[] global,
    byte[] local,
    byte[] mask,
    int[] images,
    BatchPosition position) {

  /** Where the crop of a view and a row begins in {@link #global} or {@link #local}. */
  public int offset(int view, int row) {
    boolean isGlobal = view < MultiCropConfig.GLOBAL_CROPS;
    int crop = isGlobal ? view : view - MultiCropConfig.GLOBAL_CROPS;
    int pixels = isGlobal ? globalPixels : localPixels;
    return (crop * size + row) * pixels * pixels * channels.count();
  }
}
