package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.dinovmf.graph.preprocessing.Channels;

/**
 * Turns files into pixels: JPEG, PNG and the first frame of GIF as TensorFlow decodes them (so does
 * an exported model), BMP, WebP and TIFF by ImageIO. The result is upright and has the channels
 * that are asked for; 16 bits keep their upper half. Opacity comes from PNG, WebP and TIFF; JPEG
 * has none, and that of GIF and BMP, which readers do not agree on, is not read. Thread safe.
 */
public final class ImageDecoder implements AutoCloseable {

  private final ScanLimits limits;
  private final Channels channels;
  private final DecodeRules rules;
  private final TensorFlowDecoder tensorFlow;
  private final TimedDecodes timed;

  /**
   * Opens a decoder.
   *
   * @param limits what is refused by its header, before memory is taken for its pixels
   * @param channels of every image that it gives
   * @param threads that the process gives to TensorFlow, the same for all its sessions: the first
   *     one makes the pools
   */
  public ImageDecoder(ScanLimits limits, Channels channels, DecodeRules rules, int threads) {
    this.limits = limits;
    this.channels = channels;
    this.rules = rules;
    this.tensorFlow = new TensorFlowDecoder(threads);
    this.timed = new TimedDecodes(rules.timeout(), tensorFlow::close);
  }

  /** In color, with the standard limits and rules. */
  public static ImageDecoder standard(int threads) {
    return new ImageDecoder(ScanLimits.standard(), Channels.COLOR, DecodeRules.standard(), threads);
  }

  /** The channels of every image that it gives. */
  public Channels channels() {
    return channels;
  }

  /**
   * Reads and decodes an image of an index.
   *
   * @throws BadImageException if it cannot be read or is not what the index says
   */
  public DecodedImage decode(ImageFile file) throws BadImageException {
    byte[] bytes = read(file);
    DecodedImage image = decode(bytes);
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
   * @throws BadImageException if it is no image, is damaged, is beyond the limits or takes too long
   */
  public DecodedImage decode(byte[] file) throws BadImageException {
    return timed.run(() -> decodeUntimed(file));
  }

  private DecodedImage decodeUntimed(byte[] file) throws BadImageException {
    ImageFormat format =
        ImageFormat.detect(file)
            .orElseThrow(
                () ->
                    new BadImageException(
                        file.length == 0
                            ? "empty file"
                            : "the content is of no known image format"));
    // What to read of formats that may have more than color.
    Channels read = channels == Channels.COLOR_AND_ALPHA ? channels : Channels.COLOR;
    try {
      ImageHeader header = ImageHeader.read(HeaderBytes.of(file), format, limits);
      DecodedImage stored =
          switch (format) {
            case JPEG -> jpeg(file);
            case PNG -> png(file, read);
            case GIF -> tensorFlow.gif(GifFirstFrame.of(file));
            case BMP -> ImageIoDecoder.decode(file, format, Channels.COLOR);
            case WEBP, TIFF -> ImageIoDecoder.decode(file, format, read);
          };
      return Orientation.upright(ChannelConversion.to(channels, stored), header.orientation());
    } catch (BadImageException e) {
      throw e;
    } catch (IOException e) {
      throw new BadImageException("cannot be read: " + e.getMessage(), e);
    }
  }

  private DecodedImage jpeg(byte[] file) throws BadImageException {
    try {
      return tensorFlow.jpeg(file);
    } catch (BadImageException e) {
      if (rules.allowsTruncated()) {
        return tensorFlow.jpeg(JpegRepair.of(file));
      }
      throw e;
    }
  }

  private DecodedImage png(byte[] file, Channels read) throws BadImageException {
    try {
      return tensorFlow.png(file, read);
    } catch (BadImageException e) {
      if (rules.allowsTruncated()) {
        return tensorFlow.png(PngRepair.of(file), read);
      }
      throw e;
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
      return Files.readAllBytes(PathNames.toOpen(file.path()));
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
    timed.close();
  }
}
