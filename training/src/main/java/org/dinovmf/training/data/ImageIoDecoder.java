package org.dinovmf.training.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.dinovmf.graph.preprocessing.Channels;

/** Decodes by Java's ImageIO with the readers on the class path. Thread safe. */
final class ImageIoDecoder {

  private static final byte OPAQUE = (byte) 255;

  private ImageIoDecoder() {}

  /**
   * Decodes a file.
   *
   * @param channels color, with or without alpha
   */
  static DecodedImage decode(byte[] file, ImageFormat format, Channels channels)
      throws BadImageException {
    Iterator<ImageReader> readers =
        ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
    if (!readers.hasNext()) {
      throw new IllegalStateException("no reader of " + format + " is on the class path");
    }
    ImageReader reader = readers.next();
    try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(input, true, true);
      return pixels(reader.read(0), channels);
    } catch (IOException | RuntimeException e) { // damaged files make readers throw of all kinds
      throw new BadImageException(
          "truncated or damaged: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"),
          e);
    } finally {
      reader.dispose();
    }
  }

  private static DecodedImage pixels(BufferedImage image, Channels channels) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] pixels = new byte[Math.multiplyExact(channels.count(), width * height)];
    if (hasPlainSamples(image)) {
      copySamples(image.getRaster(), channels, pixels);
    } else {
      copyColors(image, channels, pixels);
    }
    return new DecodedImage(width, height, channels, pixels);
  }

  /**
   * Whether the samples are gray or RGB values. Taking gray through {@link BufferedImage#getRGB}
   * would change them, because Java's gray is linear in light.
   */
  private static boolean hasPlainSamples(BufferedImage image) {
    int type = image.getColorModel().getColorSpace().getType();
    int dataType = image.getRaster().getTransferType();
    return image.getColorModel() instanceof ComponentColorModel
        && !image.isAlphaPremultiplied()
        && (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB)
        && (dataType == DataBuffer.TYPE_BYTE || dataType == DataBuffer.TYPE_USHORT);
  }

  private static void copySamples(Raster raster, Channels channels, byte[] pixels) {
    int bands = raster.getNumBands();
    boolean isColor = bands >= 3;
    boolean wantsAlpha = channels == Channels.COLOR_AND_ALPHA;
    boolean hasAlpha = bands == 2 || bands == 4;
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    int width = raster.getWidth();
    int[] row = new int[width * bands];
    int target = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int source = x * bands;
        pixels[target++] = (byte) (row[source] >> shift);
        pixels[target++] = (byte) (row[source + (isColor ? 1 : 0)] >> shift);
        pixels[target++] = (byte) (row[source + (isColor ? 2 : 0)] >> shift);
        if (wantsAlpha) {
          pixels[target++] = hasAlpha ? (byte) (row[source + bands - 1] >> shift) : OPAQUE;
        }
      }
    }
  }

  private static void copyColors(BufferedImage image, Channels channels, byte[] pixels) {
    boolean wantsAlpha = channels == Channels.COLOR_AND_ALPHA;
    int width = image.getWidth();
    int[] row = new int[width];
    int target = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        pixels[target++] = (byte) (argb >> 16);
        pixels[target++] = (byte) (argb >> 8);
        pixels[target++] = (byte) argb;
        if (wantsAlpha) {
          pixels[target++] = (byte) (argb >> 24);
        }
      }
    }
  }
}
