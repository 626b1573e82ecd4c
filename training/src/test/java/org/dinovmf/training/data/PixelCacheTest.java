package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.file.Path;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.Channels;
import org.junit.jupiter.api.Test;

class PixelCacheTest {

  private static final DecodedImage IMAGE = DecodedImage.color(2, 3, new byte[18]);

  @Test
  void keepsImagesThatFitTogether() {
    PixelCache cache = PixelCache.of(index(), Channels.COLOR, 36);
    assertEquals(Optional.empty(), cache.get(1));
    cache.put(1, IMAGE);
    assertSame(IMAGE, cache.get(1).orElseThrow());
    assertEquals(Optional.empty(), cache.get(0));
  }

  @Test
  void keepsNoneOfImagesThatDoNotFit() {
    PixelCache cache = PixelCache.of(index(), Channels.COLOR, 35);
    cache.put(1, IMAGE);
    assertEquals(Optional.empty(), cache.get(1));
  }

  /** Two images of 2 x 3 pixels: 36 bytes. */
  private static ImageIndex index() {
    Findings findings = new Findings();
    findings.image(new ImageFile(Path.of("x"), "x", ImageFormat.PNG, 2, 3, 1, 9));
    findings.image(new ImageFile(Path.of("y"), "y", ImageFormat.PNG, 2, 3, 1, 9));
    return findings.index();
  }
}
