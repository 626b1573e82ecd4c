package org.dinovmf.training.data;

/** Turns the hue of RGB values by way of 8-bit HSV, rounded as Pillow and torchvision do. */
final class HueShift {

  private HueShift() {}

  /**
   * Turns all pixels.
   *
   * @param pixels interleaved RGB, 0..255
   * @param count number of values
   * @param turns of the color circle, -0.5 to 0.5; of 256 steps, rounded towards 0
   */
  static void apply(int[] pixels, int count, double turns) {
    int shift = (int) (turns * 255);
    for (int i = 0; i < count; i += 3) {
      int red = pixels[i];
      int green = pixels[i + 1];
      int blue = pixels[i + 2];
      int max = Math.max(red, Math.max(green, blue));
      int min = Math.min(red, Math.min(green, blue));
      if (max == min) {
        continue; // gray has no hue, and a saturation of 0 gives it back
      }
      int hue = (hue(red, green, blue, max, max - min) + shift) & 0xFF;
      int saturation = (int) ((float) (max - min) / (float) max * 255.0);
      toRgb(pixels, i, hue, saturation, max);
    }
  }

  private static int hue(int red, int green, int blue, int max, float range) {
    float redGap = (max - red) / range;
    float greenGap = (max - green) / range;
    float blueGap = (max - blue) / range;
    float sixths;
    if (red == max) {
      sixths = blueGap - greenGap;
    } else if (green == max) {
      sixths = (float) (2.0 + redGap - blueGap);
    } else {
      sixths = (float) (4.0 + greenGap - redGap);
    }
    // In [-1, 5] sixths, so that one turn more makes it positive; then the whole turns go.
    double turns = sixths / 6.0 + 1.0;
    float hue = (float) (turns >= 1 ? turns - 1 : turns);
    return (int) (hue * 255.0);
  }

  private static void toRgb(int[] pixels, int at, int hue, int saturation, int value) {
    double sixths = hue * 6.0 / 255.0;
    int sector = (int) sixths;
    float f = (float) (sixths - sector);
    float s = (float) (saturation / 255.0);
    int p = round(value * (1.0 - s));
    int q = round(value * (1.0 - s * f));
    int t = round(value * (1.0 - s * (1.0 - f)));
    switch (sector % 6) {
      case 0 -> set(pixels, at, value, t, p);
      case 1 -> set(pixels, at, q, value, p);
      case 2 -> set(pixels, at, p, value, t);
      case 3 -> set(pixels, at, p, q, value);
      case 4 -> set(pixels, at, t, p, value);
      default -> set(pixels, at, value, p, q);
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
