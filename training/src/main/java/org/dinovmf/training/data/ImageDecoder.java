package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/**
 * Turns files into pixels: JPEG, PNG and the first frame of GIF as TensorFlow decodes them (so does
 * an exported model), BMP, WebP and TIFF by ImageIO. The result is upright and has three channels:
 * gray is repeated, alpha is dropped and not blended, 16 bits keep their upper half. Thread safe.
 */
public final class ImageDecoder implements AutoCloseable {

  private final ScanLimits limits;
  private final TensorFlowDecoder tensorFlow;

  /**
   * Opens a decoder.
   *
   * @param limits what is refused by its header, before memory is taken for its pixels
   * @param threads that the process gives to TensorFlow, the same for all its sessions: the first
   *     one makes the pools
   */
  public ImageDecoder(ScanLimits limits, int threads) {
    this.limits = limits;
    this.tensorFlow = new TensorFlowDecoder(threads);
  }

  /**
   * Reads and decodes an image of an index.
   *
   * @throws BadImageException if it cannot be read or is not what the index says
   */
  public RgbImage decode(ImageFile file) throws BadImageException {
    byte[] bytes = read(file);
    RgbImage image = decode(bytes);
    boolean isTurned = file.orientation() > 4;
    int width = isTurned ? file.height() : file.width();
    int height = isTurned ? file.width() : file.height();
    if (image.width() != width || image.height() != height) {
      throw new BadImageException(
          "the picture has %d x %d pixels, its header said %d x %d while indexing"
              .formatted(image.width(), image.height(), width, height));
    }
    return image;
  }

  /**
   * Decodes a file that is in memory.
   *
   * @throws BadImageException if it is no image, is damaged or is beyond the limits
   */
  public RgbImage decode(byte[] file) throws BadImageException {
    ImageFormat format =
        ImageFormat.detect(file)
            .orElseThrow(
                () ->
                    new BadImageException(
                        file.length == 0
                            ? "empty file"
                            : "the content is of no known image format"));
    try {
      ImageHeader header = ImageHeader.read(HeaderBytes.of(file), format, limits);
      RgbImage stored =
          switch (format) {
            case JPEG, PNG -> tensorFlow.decode(file, format);
            case GIF -> tensorFlow.decode(GifFirstFrame.of(file), format);
            case BMP, WEBP, TIFF -> ImageIoDecoder.decode(file, format);
          };
      return Orientation.upright(stored, header.orientation());
    } catch (BadImageException e) {
      throw e;
    } catch (IOException e) {
      throw new BadImageException("cannot be read: " + e.getMessage(), e);
    }
  }

  private static byte[] read(ImageFile file) throws BadImageException {
    try {
      // Never more than was indexed: a file that grows meanwhile must not take all memory.
      if (Files.size(file.path()) != file.length()) {
        throw new BadImageException(
            "the file has %d bytes, but had %d while indexing"
                .formatted(Files.size(file.path()), file.length()));
      }
      return Files.readAllBytes(file.path());
    } catch (BadImageException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new BadImageException("the file is gone since indexing", e);
    } catch (AccessDeniedException e) {
      throw new BadImageException("permission to read it is denied", e);
    } catch (IOException e) {
      throw new BadImageException("cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    tensorFlow.close();
  }
}
