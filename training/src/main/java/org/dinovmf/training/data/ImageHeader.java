package org.dinovmf.training.data;

import java.io.IOException;

/**
 * What the header of an image says of its pixels.
 *
 * @param width stored width, before orientation
 * @param height stored height, before orientation
 * @param orientation EXIF orientation 1 to 8
 */
record ImageHeader(long width, long height, int orientation) {

  /**
   * Reads the header, and checks that it is whole and its picture not too large.
   *
   * @throws BadImageException if the header is damaged or the picture beyond the limits
   */
  static ImageHeader read(HeaderBytes bytes, ImageFormat format, ScanLimits limits)
      throws IOException {
    if (bytes.length() > limits.maxFileBytes()) {
      throw new BadImageException(
          "file of %d bytes is larger than the limit of %d"
              .formatted(bytes.length(), limits.maxFileBytes()));
    }
    ImageHeader header =
        switch (format) {
          case JPEG -> JpegHeader.read(bytes);
          case PNG -> SimpleHeaders.png(bytes);
          case GIF -> SimpleHeaders.gif(bytes);
          case BMP -> SimpleHeaders.bmp(bytes);
          case WEBP -> WebpHeader.read(bytes);
          case TIFF -> TiffDirectory.read(bytes, 0, bytes.length()).header();
        };
    if (header.width < 1 || header.height < 1) {
      throw new BadImageException(
          "damaged header: the picture has %d x %d pixels".formatted(header.width, header.height));
    }
    // A quotient, because the product of two hostile sides can overflow.
    if (header.width > limits.maxPixels() / header.height) {
      throw new BadImageException(
          "picture of %d x %d pixels is larger than the limit of %d pixels"
              .formatted(header.width, header.height, limits.maxPixels()));
    }
    return header;
  }
}
