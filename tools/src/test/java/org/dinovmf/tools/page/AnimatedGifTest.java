package org.dinovmf.tools.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import org.junit.jupiter.api.Test;

final class AnimatedGifTest {

  @Test
  void gifPlaysForEverAtItsRate() throws IOException {
    BufferedImage picture = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AnimatedGif gif = new AnimatedGif(out, 24)) {
      gif.add(picture);
      picture.setRGB(2, 1, 0xff8000);
      for (int i = 1; i < 24; i++) {
        gif.add(picture);
      }
    }
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(out.toByteArray())));
    assertEquals(24, reader.getNumImages(true));
    assertEquals(0xff8000, reader.read(1).getRGB(2, 1) & 0xFFFFFF);
    int hundredths = 0;
    for (int i = 0; i < 24; i++) {
      IIOMetadataNode control =
          (IIOMetadataNode) tree(reader, i).getElementsByTagName("GraphicControlExtension").item(0);
      hundredths += Integer.parseInt(control.getAttribute("delayTime"));
    }
    assertEquals(100, hundredths, "24 frames are a second");
    IIOMetadataNode root = tree(reader, 0);
    IIOMetadataNode extension =
        (IIOMetadataNode) root.getElementsByTagName("ApplicationExtension").item(0);
    assertEquals("NETSCAPE", extension.getAttribute("applicationID"));
    assertEquals(1, root.getElementsByTagName("ApplicationExtension").getLength());
    reader.dispose();
    assertThrows(IllegalArgumentException.class, () -> new AnimatedGif(out, 51));
  }

  private static IIOMetadataNode tree(ImageReader reader, int frame) throws IOException {
    return (IIOMetadataNode)
        reader.getImageMetadata(frame).getAsTree("javax_imageio_gif_image_1.0");
  }
}
