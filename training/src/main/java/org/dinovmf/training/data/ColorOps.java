package org.dinovmf.training.data;

/**
 * Point operations on values 0..255, rounded as Pillow does; interleaved RGB, and some of them gray
 * as well. {@code count} is the number of values, which is that of the pixels times the channels.
 */
final class ColorOps {

  private ColorOps() {}

  /** Swaps left and right in rows of {@code width} pixels of any number of channels. */
  static void mirror(int[] pixels, int width, int height, int channels) {
    for (int y = 0; y < height; y++) {
      int left = channels * y * width;
      int right = left + channels * (width - 1);
      for (; left < right; left += channels, right -= channels) {
        for (int c = 0; c < channels; c++) {
          int value = pixels[left + c];
          pixels[left + c] = pixels[right + c];
          pixels[right + c] = value;
        }
      }
    }
  }

  /** Multiplies by the factor; gray or RGB. */
  static void brightness(int[] pixels, int count, double factor) {
    blendWithConstant(pixels, count, 0, factor);
  }

  /** Moves values away from ({@code factor > 1}) or towards the mean luma of the picture. */
  static void contrast(int[] pixels, int count, double factor) {
    long sum = 0;
    for (int i = 0; i < count; i += 3) {
      sum += luma(pixels[i], pixels[i + 1], pixels[i + 2]);
    }
    int mean = (int) ((double) sum / (count / 3.0) + 0.5);
    blendWithConstant(pixels, count, mean, factor);
  }

  /** The same for gray values. */
  static void contrastOfGray(int[] pixels, int count, double factor) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += pixels[i];
    }
    int mean = (int) ((double) sum / count + 0.5);
    blendWithConstant(pixels, count, mean, factor);
  }

  /** Moves values away from ({@code factor > 1}) or towards the luma of their pixel. */
  static void saturation(int[] pixels, int count, double factor) {
    float f = (float) factor;
    for (int i = 0; i < count; i += 3) {
      int gray = luma(pixels[i], pixels[i + 1], pixels[i + 2]);
      pixels[i] = blend(gray, pixels[i], f);
      pixels[i + 1] = blend(gray, pixels[i + 1], f);
      pixels[i + 2] = blend(gray, pixels[i + 2], f);
    }
  }

  /** Gives each pixel its luma three times. */
  static void gray(int[] pixels, int count) {
    for (int i = 0; i < count; i += 3) {
      int gray = luma(pixels[i], pixels[i + 1], pixels[i + 2]);
      pixels[i] = gray;
      pixels[i + 1] = gray;
      pixels[i + 2] = gray;
    }
  }

  /** Inverts the values at or above the threshold; gray or RGB. */
  static void solarize(int[] pixels, int count, int threshold) {
    for (int i = 0; i < count; i++) {
      pixels[i] = pixels[i] < threshold ? pixels[i] : 255 - pixels[i];
    }
  }

  /** Luma of ITU-R BT.601 in 16-bit fixed point: 0.299 red, 0.587 green, 0.114 blue, rounded. */
  static int luma(int red, int green, int blue) {
    return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
  }

  private static void blendWithConstant(int[] pixels, int count, int constant, double factor) {
    int[] table = new int[256];
    for (int value = 0; value < table.length; value++) {
      table[value] = blend(constant, value, (float) factor);
    }
    for (int i = 0; i < count; i++) {
      pixels[i] = table[pixels[i]];
    }
  }

  /** {@code from + factor * (to - from)} in float32, rounded down and kept in 0..255. */
  private static int blend(int from, int to, float factor) {
    int value = (int) (from + factor * (to - from));
    return Math.min(255, Math.max(0, value));
  }
}
