package org.dinovmf.training.eval.video;

/**
 * The object of each pixel.
 *
 * @param labels {@code [height * width]}, row after row; 0 for background, objects from 1; not
 *     copied and not changed
 */
@SuppressWarnings("ArrayRecordComponent") // a view on pixels
public record MaskImage(int width, int height, int[] labels) {

  public MaskImage {
    if (width < 1 || height < 1 || labels.length != width * height) {
      throw new IllegalArgumentException(
          "a mask of %d x %d pixels must have %d labels, but has %d"
              .formatted(width, height, width * height, labels.length));
    }
  }

  /** The highest label. */
  public int objects() {
    int highest = 0;
    for (int label : labels) {
      highest = Math.max(highest, label);
    }
    return highest;
  }

  /** Which pixels are of an object. */
  boolean[] of(int object) {
    boolean[] isObject = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      isObject[i] = labels[i] == object;
    }
    return isObject;
  }

  /** At another size; each pixel is that of the middle of the area that it stands for. */
  public MaskImage nearest(int newWidth, int newHeight) {
    int[] resized = new int[newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      int fromY = (int) ((2L * y + 1) * height / (2L * newHeight));
      for (int x = 0; x < newWidth; x++) {
        int fromX = (int) ((2L * x + 1) * width / (2L * newWidth));
        resized[y * newWidth + x] = labels[fromY * width + fromX];
      }
    }
    return new MaskImage(newWidth, newHeight, resized);
  }
}
