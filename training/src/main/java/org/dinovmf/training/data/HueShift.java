package org.dinovmf.training.data;

/**
 * Turns the hue of RGB values by way of 8-bit HSV, rounded as Pillow and torchvision do. What takes
 * a division stands in tables, since every image has more pixels than they have entries.
 */
final class HueShift {

  /** The sixth of the color circle between red and yellow, yellow and green, and so on. */
  private static final int SECTORS = 6;

  /**
   * Hue 0..255 by sector, greatest less least value, and greatest less middle value: 9 bits less
   * than the three values have, because hue does not see brightness.
   */
  private static final byte[] HUES = hues();

  /** Saturation 0..255 by greatest value and greatest less least value. */
  private static final byte[] SATURATIONS = saturations();

  /** Saturation over 255. */
  private static final float[] SHARES = new float[256];

  /** Sector of a hue, and how far into it. */
  private static final int[] SECTOR = new int[256];

  private static final float[] FRACTION = new float[256];

  static {
    for (int i = 0; i < 256; i++) {
      SHARES[i] = (float) (i / 255.0);
      double sixths = i * 6.0 / 255.0;
      SECTOR[i] = (int) sixths % SECTORS;
      FRACTION[i] = (float) (sixths - (int) sixths);
    }
  }

  private HueShift() {}

  /**
   * Turns all pixels.
   *
   * @param pixels interleaved RGB, 0..255
   * @param count number of values
   * @param turns of the color circle, -0.5 to 0.5; of 255 steps, rounded towards 0
   */
  static void apply(int[] pixels, int count, double turns) {
    int shift = (int) (turns * 255);
    for (int i = 0; i < count; i += 3) {
      int red = pixels[i];
      int green = pixels[i + 1];
      int blue = pixels[i + 2];
      int max = Math.max(red, Math.max(green, blue));
      int min = Math.min(red, Math.min(green, blue));
      if (max != min) { // gray has no hue
        int hue = (hue(red, green, blue, max, min) + shift) & 0xFF;
        int saturation = SATURATIONS[(max << 8) | (max - min)] & 0xFF;
        toRgb(pixels, i, hue, SHARES[saturation], max);
      }
    }
  }

  private static int hue(int red, int green, int blue, int max, int min) {
    int middle = red + green + blue - max - min;
    int sector;
    if (red == max) {
      sector = blue == min ? 0 : 5;
    } else if (green == max) {
      sector = blue == min ? 1 : 2;
    } else {
      sector = red == min ? 3 : 4;
    }
    return HUES[(sector << 16) | ((max - min) << 8) | (max - middle)] & 0xFF;
  }

  private static byte[] hues() {
    byte[] hues = new byte[SECTORS << 16];
    for (int sector = 0; sector < SECTORS; sector++) {
      for (int range = 1; range < 256; range++) {
        for (int gap = 0; gap <= range; gap++) {
          float middle = (float) gap / range; // that of the least value is 1, of the greatest 0
          double sixths =
              switch (sector) {
                case 0 -> 1 - middle;
                case 1 -> 2.0 + middle - 1;
                case 2 -> 2.0 + 1 - middle;
                case 3 -> 4.0 + middle - 1;
                case 4 -> 4.0 + 1 - middle;
                default -> middle - 1;
              };
          // One turn more makes it positive; then whole turns go.
          double turns = (float) sixths / 6.0 + 1.0;
          float hue = (float) (turns >= 1 ? turns - 1 : turns);
          hues[(sector << 16) | (range << 8) | gap] = (byte) (int) (hue * 255.0);
        }
      }
    }
    return hues;
  }

  private static byte[] saturations() {
    byte[] saturations = new byte[1 << 16];
    for (int max = 1; max < 256; max++) {
      for (int range = 0; range <= max; range++) {
        saturations[(max << 8) | range] = (byte) (int) ((float) range / (float) max * 255.0);
      }
    }
    return saturations;
  }

  private static void toRgb(int[] pixels, int at, int hue, float saturation, int value) {
    float f = FRACTION[hue];
    int low = round(value * (1.0 - saturation));
    int falling = round(value * (1.0 - saturation * f));
    int rising = round(value * (1.0 - saturation * (1.0 - f)));
    switch (SECTOR[hue]) {
      case 0 -> set(pixels, at, value, rising, low);
      case 1 -> set(pixels, at, falling, value, low);
      case 2 -> set(pixels, at, low, value, rising);
      case 3 -> set(pixels, at, low, falling, value);
      case 4 -> set(pixels, at, rising, low, value);
      default -> set(pixels, at, value, low, falling);
    }
  }

  private static void set(int[] pixels, int at, int red, int green, int blue) {
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
  }

  private static int round(double value) {
    return (int) (value + 0.5);
  }
}
