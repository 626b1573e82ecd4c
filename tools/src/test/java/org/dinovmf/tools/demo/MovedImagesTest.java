package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.training.data.DecodedImage;
import org.junit.jupiter.api.Test;

class MovedImagesTest {

  private static final int SIDE = 28;
  private static final int DRAWS = 4000;

  @Test
  void equalSeedsMoveEqually() {
    DecodedImage image = square(8, 16, 200);
    byte[] first = MovedImages.move(image, new SplittableRandom(3)).pixels();
    assertArrayEquals(first, MovedImages.move(image, new SplittableRandom(3)).pixels());
    assertFalse(Arrays.equals(first, MovedImages.move(image, new SplittableRandom(4)).pixels()));
  }

  /** The centroid of a small square tells the shift, its mass the scale and the brightness. */
  @Test
  void shiftsScalesAndDarkensWithinTheStatedBounds() {
    DecodedImage image = square(10, 17, 250);
    double mass = mass(image);
    SplittableRandom random = new SplittableRandom(5);
    double leastX = SIDE;
    double mostX = 0;
    double leastMass = Double.MAX_VALUE;
    double mostMass = 0;
    for (int i = 0; i < DRAWS; i++) {
      DecodedImage moved = MovedImages.move(image, random);
      double x = centroid(moved);
      leastX = Math.min(leastX, x);
      mostX = Math.max(mostX, x);
      leastMass = Math.min(leastMass, mass(moved) / mass);
      mostMass = Math.max(mostMass, mass(moved) / mass);
    }
    double center = (SIDE - 1) / 2.0;
    assertEquals(center - 5, leastX, 0.2);
    assertEquals(center + 5, mostX, 0.2);
    assertEquals(0.5 * 0.6 * 0.6, leastMass, 0.02);
    assertEquals(1.2 * 1.2, mostMass, 0.06);
  }

  @Test
  void mirrorsHalfOfTheImages() {
    // Bright on the left: after a mirror image the left half is the darker one.
    byte[] pixels = new byte[SIDE * SIDE * 3];
    for (int y = 8; y < 20; y++) {
      for (int x = 8; x < 20; x++) {
        Arrays.fill(pixels, (y * SIDE + x) * 3, (y * SIDE + x) * 3 + 3, (byte) (x < 14 ? 200 : 50));
      }
    }
    DecodedImage image = DecodedImage.color(SIDE, SIDE, pixels);
    SplittableRandom random = new SplittableRandom(6);
    int mirrored = 0;
    for (int i = 0; i < DRAWS; i++) {
      DecodedImage moved = MovedImages.move(image, random);
      mirrored += skew(moved) < 0 ? 1 : 0;
    }
    assertEquals(0.5, (double) mirrored / DRAWS, 0.03);
  }

  @Test
  void whatComesFromOutsideIsBlack() {
    byte[] white = new byte[SIDE * SIDE * 3];
    Arrays.fill(white, (byte) 255);
    DecodedImage image = DecodedImage.color(SIDE, SIDE, white);
    SplittableRandom random = new SplittableRandom(1);
    boolean[] sawBlack = new boolean[4];
    boolean sawBlackOnBothSides = false; // as where a small picture stands in the middle
    for (int i = 0; i < 50; i++) {
      DecodedImage moved = MovedImages.move(image, random);
      sawBlack[0] |= value(moved, 0, SIDE / 2) == 0;
      sawBlack[1] |= value(moved, SIDE - 1, SIDE / 2) == 0;
      sawBlackOnBothSides |=
          value(moved, 0, SIDE / 2) == 0 && value(moved, SIDE - 1, SIDE / 2) == 0;
      sawBlack[2] |= value(moved, SIDE / 2, 0) == 0;
      sawBlack[3] |= value(moved, SIDE / 2, SIDE - 1) == 0;
    }
    assertArrayEquals(new boolean[] {true, true, true, true}, sawBlack);
    assertTrue(sawBlackOnBothSides);
  }

  /** Positive where the left part of the bright area is the brighter one. */
  private static double skew(DecodedImage image) {
    double mean = centroid(image);
    int left = SIDE;
    int right = 0;
    for (int x = 0; x < SIDE; x++) {
      for (int y = 0; y < SIDE; y++) {
        if (value(image, x, y) > 10) {
          left = Math.min(left, x);
          right = Math.max(right, x);
        }
      }
    }
    return (left + right) / 2.0 - mean;
  }

  private static DecodedImage square(int from, int to, int value) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    for (int y = from; y <= to; y++) {
      for (int x = from; x <= to; x++) {
        Arrays.fill(pixels, (y * SIDE + x) * 3, (y * SIDE + x) * 3 + 3, (byte) value);
      }
    }
    return DecodedImage.color(SIDE, SIDE, pixels);
  }

  private static double mass(DecodedImage image) {
    double mass = 0;
    for (byte value : image.pixels()) {
      mass += Byte.toUnsignedInt(value);
    }
    return mass;
  }

  private static double centroid(DecodedImage image) {
    double weighted = 0;
    double mass = 0;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        weighted += (double) x * value(image, x, y);
        mass += value(image, x, y);
      }
    }
    return weighted / mass;
  }

  private static int value(DecodedImage image, int x, int y) {
    return Byte.toUnsignedInt(image.pixels()[(y * SIDE + x) * 3]);
  }
}
