package org.dinovmf.tools.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.dinovmf.training.data.DecodedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttentionTest {

  private static final float[][][] HEADS = {
    {{0.1f, 0.3f}, {0.2f, 0.4f}}, {{0.5f, 0.1f}, {0, 0.4f}}
  };

  private final Attention attention =
      new Attention("a/b.c.png", DecodedImage.color(6, 4, new byte[72]), HEADS);

  @Test
  void takesTheMeanOfTheHeads() {
    float[][] mean = attention.mean();
    assertArrayEquals(new float[] {0.3f, 0.2f}, mean[0], 1e-7f);
    assertArrayEquals(new float[] {0.1f, 0.4f}, mean[1], 1e-7f);
  }

  @Test
  void writesMapsOfTheSizeOfTheImage(@TempDir Path out) throws IOException {
    attention.write(out);
    BufferedImage first = ImageIO.read(out.resolve("a/b.c.png/head-1.png").toFile());
    assertEquals(6, first.getWidth());
    assertEquals(4, first.getHeight());
    assertEquals(0x000004, first.getRGB(0, 0) & 0xFFFFFF, "the least weight");
    assertEquals(0xfcffa4, first.getRGB(5, 3) & 0xFFFFFF, "the greatest");
    // 0.1 + 0.2 / 3 + 0.1 / 4, which lies at 2.444 of the eight eighths from 0.1 to 0.4
    assertEquals(0x6c176c, first.getRGB(2, 1) & 0xFFFFFF, "between the middles of patches");
    assertEquals(6, ImageIO.read(out.resolve("a/b.c.png/mean.png").toFile()).getWidth());
    assertEquals(6, ImageIO.read(out.resolve("a/b.c.png/image.png").toFile()).getWidth());
  }
}
