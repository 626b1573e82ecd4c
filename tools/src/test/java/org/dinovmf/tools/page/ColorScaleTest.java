package org.dinovmf.tools.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.util.List;
import org.dinovmf.training.data.DecodedImage;
import org.junit.jupiter.api.Test;

final class ColorScaleTest {

  private static final float[][] FAINT = {{0.1f, 0.2f}};
  private static final float[][] STRONG = {{0.5f, 0.1f}};

  /** Each frame on its own would make 0.2 nearly white; of both, a quarter of the way. */
  @Test
  void hasOneScaleForAllFrames() {
    ColorScale scale = ColorScale.of(List.of(FAINT, STRONG));
    assertEquals(new ColorScale(0.1f, 0.5f), scale);
    DecodedImage black = DecodedImage.color(4, 2, new byte[24]);
    BufferedImage faint = scale.drawOver(black, FAINT);
    BufferedImage strong = scale.drawOver(black, STRONG);
    // half of inferno's 0x000004, 0x550f6d and 0xfcffa4
    assertEquals(0x000002, faint.getRGB(0, 1) & 0xFFFFFF);
    assertEquals(0x2a0736, faint.getRGB(3, 0) & 0xFFFFFF);
    assertEquals(0x7e7f52, strong.getRGB(0, 0) & 0xFFFFFF);
    assertEquals(0x000002, strong.getRGB(3, 1) & 0xFFFFFF);
    assertEquals(0x7c4605, strong.getRGB(1, 1) & 0xFFFFFF, "0.4, a quarter of the way to 0.1");
  }

  /** Of Matplotlib's inferno: its ends, its middle, and halfway to the next of the nine. */
  @Test
  void colorsFollowInferno() {
    ColorScale scale = new ColorScale(-1, 1);
    assertEquals(0x000004, scale.color(-1));
    assertEquals(0xfcffa4, scale.color(1));
    assertEquals(0xba3655, scale.color(0));
    assertEquals(0xcf4844, scale.color(0.125f), "halfway from ba3655 to e35933");
    assertEquals(0x000004, new ColorScale(0.5f, 0.5f).color(0.5f), "of equal weights");
  }

  @Test
  void refusesEndsInTheWrongOrder() {
    assertEquals(
        "low must be at most high, but they are 0.5 and 0.25",
        assertThrows(IllegalArgumentException.class, () -> new ColorScale(0.5f, 0.25f))
            .getMessage());
    float[][] broken = {{Float.NaN}}; // of a run that has diverged, which has a page too
    assertEquals(0x000004, ColorScale.of(List.<float[][]>of(broken)).color(Float.NaN));
  }
}
