package org.dinovmf.tools.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DecodedImage;
import org.junit.jupiter.api.Test;

final class FramingTest {

  private static final int SIDE = 16;

  @Test
  void randomCropIsAFunctionOfSeedEpochAndPath() {
    DecodedImage image = ramp(64, 64);
    byte[] crop = new Framing.RandomCrop(SIDE, 1, 2).apply(image, "a.png").pixels();
    assertArrayEquals(crop, new Framing.RandomCrop(SIDE, 1, 2).apply(image, "a.png").pixels());
    for (DecodedImage other :
        new DecodedImage[] {
          new Framing.RandomCrop(SIDE, 2, 2).apply(image, "a.png"),
          new Framing.RandomCrop(SIDE, 1, 3).apply(image, "a.png"),
          new Framing.RandomCrop(SIDE, 1, 2).apply(image, "b.png")
        }) {
      assertFalse(Arrays.equals(crop, other.pixels()));
    }
  }

  /**
   * Red rises to the right by a level a pixel, so that the outermost columns tell which part of the
   * width was taken: half a column of the crop is left out at each side.
   */
  @Test
  void randomCropsTakeEightToAHundredPercentOfPublishedAspectsAndMirrorHalf() {
    DecodedImage image = ramp(250, 250);
    int mirrored = 0;
    double least = 1;
    double most = 0;
    double narrowest = 1;
    double widest = 1;
    int crops = 400;
    for (int epoch = 0; epoch < crops; epoch++) {
      byte[] crop = new Framing.RandomCrop(SIDE, 5, epoch).apply(image, "a").pixels();
      double width = span(crop[0], crop[3 * (SIDE - 1)]);
      double height = span(crop[1], crop[3 * SIDE * (SIDE - 1) + 1]);
      double share = Math.abs(width) * height / (250 * 250);
      least = Math.min(least, share);
      most = Math.max(most, share);
      narrowest = Math.min(narrowest, Math.abs(width) / height);
      widest = Math.max(widest, Math.abs(width) / height);
      mirrored += width < 0 ? 1 : 0;
      assertEquals(7, crop[2], "no color is changed");
    }
    assertEquals(0.08, least, 0.02, "of " + crops);
    assertEquals(1, most, 0.05);
    assertEquals(3.0 / 4, narrowest, 0.05, "width by height");
    assertEquals(4.0 / 3, widest, 0.05);
    assertEquals(crops / 2.0, mirrored, 3 * Math.sqrt(crops) / 2, "three deviations");
  }

  private static double span(byte first, byte last) {
    return ((last & 0xff) - (first & 0xff)) * (double) SIDE / (SIDE - 1);
  }

  @Test
  void boundedShrinksTheLongerSideAndCutsToPatches() {
    Framing bounded = new Framing.Bounded(50, 1, 4);
    assertSize(48, 24, bounded.apply(ramp(100, 50), "")); // 50 x 25
    assertSize(20, 28, bounded.apply(ramp(20, 30), "")); // never enlarged
    assertSize(32, 16, new Framing.Bounded(50, Math.sqrt(0.5), 4).apply(ramp(100, 50), ""));
    assertSize(4, 48, bounded.apply(ramp(1, 100), "")); // at least a patch
  }

  /** Cut at the right and below, not in the middle. */
  @Test
  void boundedKeepsTheUpperLeftCorner() {
    DecodedImage image = ramp(30, 22);
    DecodedImage cut = new Framing.Bounded(40, 1, 4).apply(image, "");
    assertSize(28, 20, cut);
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 28; x++) {
        assertEquals(x, cut.pixels()[3 * (y * 28 + x)]);
        assertEquals(y, cut.pixels()[3 * (y * 28 + x) + 1]);
      }
    }
  }

  /** 854 x 480 of DAVIS becomes 832 x 480: 854 is cut to a multiple of 64. */
  @Test
  void frameHasTheShorterSideAndCutsTheLonger() {
    Framing frame = new Framing.Frame(480, 8);
    assertSize(832, 480, frame.apply(ramp(854, 480), ""));
    assertSize(480, 832, frame.apply(ramp(480, 854), ""));
    assertSize(832, 480, frame.apply(ramp(1708, 960), ""));
    assertSize(1024, 64, new Framing.Frame(64, 8).apply(ramp(160, 10), ""));
    assertEquals(
        "frame 'a.png' must be at most 16 times as long as its shorter side, but has 1 x 17 pixels; cut it",
        assertThrows(DataException.class, () -> frame.apply(ramp(1, 17), "a.png")).getMessage());
  }

  @Test
  void squareStretchesTheWholeImage() {
    DecodedImage square = new Framing.Square(10).apply(ramp(100, 50), "");
    assertSize(10, 10, square);
    assertTrue((square.pixels()[0] & 0xff) < 10 && (square.pixels()[27] & 0xff) > 90);
  }

  @Test
  void rejectsSizesBelowAPatch() {
    assertEquals(
        "the longer side must be at least a patch of 8 pixels and the scale in (0, 1]: 7, 1.0",
        assertThrows(IllegalArgumentException.class, () -> new Framing.Bounded(7, 1, 8))
            .getMessage());
  }

  private static void assertSize(int width, int height, DecodedImage image) {
    assertEquals(width + " x " + height, image.width() + " x " + image.height());
  }

  /** Red is the column, green the row, blue 7. */
  private static DecodedImage ramp(int width, int height) {
    byte[] pixels = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels[3 * (y * width + x)] = (byte) x;
        pixels[3 * (y * width + x) + 1] = (byte) y;
        pixels[3 * (y * width + x) + 2] = 7;
      }
    }
    return new DecodedImage(width, height, Channels.COLOR, pixels);
  }
}
