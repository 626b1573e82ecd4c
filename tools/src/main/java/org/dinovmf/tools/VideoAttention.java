package org.dinovmf.tools;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.page.AnimatedGif;
import org.dinovmf.tools.page.Attention;
import org.dinovmf.tools.page.ColorScale;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageResize;

/**
 * The mean of the heads over the frames of a video. Frames are decoded twice, first for the scale
 * of all and then to be drawn, so that memory holds a map for each and one picture.
 *
 * @param shorterSide pixels of what the encoder sees of a frame; the longer side is in proportion,
 *     cut to whole patches
 */
record VideoAttention(Encoder encoder, ImageDecoder decoder, int shorterSide) {

  static final String ANIMATION = "attention.gif";

  /** A frame that could be read, and its map. */
  @SuppressWarnings("ArrayRecordComponent") // handed on to a picture
  private record Seen(ImageFile file, float[][] weights) {}

  /** Sides in pixels. */
  private record Size(int width, int height) {

    static Size of(DecodedImage image) {
      return new Size(image.width(), image.height());
    }

    DecodedImage resize(DecodedImage image) {
      return of(image).equals(this) ? image : ImageResize.resize(image, width, height);
    }
  }

  /**
   * Writes {@code frame-00001.png} and on, and {@code attention.gif}.
   *
   * @param frames in their order; all are brought to the size of the first, and its longer side to
   *     {@link Attention#MOST_SIDE} if it is longer
   * @param log gets a line for each frame that is left out because it cannot be decoded
   * @return how many frames there are
   */
  int write(List<ImageFile> frames, int framesPerSecond, Path out, Consumer<String> log)
      throws IOException {
    List<Seen> seen = new ArrayList<>();
    Size seenSize = new Size(0, 0);
    Size drawn = new Size(0, 0);
    for (ImageFile file : frames) {
      try {
        DecodedImage frame = decoder.decode(file);
        ImageResize.requireFrame(frame, file.path().toString());
        if (seen.isEmpty()) {
          seenSize = size(frame);
          drawn = Size.of(ImageResize.within(frame, Attention.MOST_SIDE));
        }
        float[][] weights =
            Attention.of(encoder, file.relativePath(), seenSize.resize(frame), frame).mean();
        seen.add(new Seen(file, weights));
      } catch (BadImageException e) {
        log.accept("left out: %s: %s".formatted(file.relativePath(), e.getMessage()));
      }
    }
    if (seen.isEmpty()) {
      throw new DataException("every frame of --video is bad");
    }
    ColorScale scale = ColorScale.of(seen.stream().map(Seen::weights).toList());
    Files.createDirectories(out);
    Size sides = drawn;
    AtomicFile.write(
        out.resolve(ANIMATION),
        stream -> {
          try (AnimatedGif gif = new AnimatedGif(stream, framesPerSecond)) {
            for (int i = 0; i < seen.size(); i++) {
              BufferedImage picture =
                  scale.drawOver(again(seen.get(i).file(), sides), seen.get(i).weights());
              gif.add(picture);
              ImageIO.write(picture, "png", out.resolve(OutputFolder.frame(i + 1)).toFile());
            }
          }
        });
    return seen.size();
  }

  private DecodedImage again(ImageFile file, Size size) throws IOException {
    try {
      return size.resize(decoder.decode(file));
    } catch (BadImageException e) {
      throw new DataException(
          "frame '%s' could be read before, but cannot any more: %s"
              .formatted(file.path(), e.getMessage()),
          e);
    }
  }

  /** What the encoder sees of a frame. */
  private Size size(DecodedImage frame) {
    int patch = encoder.spec().encoder().patchSize();
    double factor = (double) shorterSide / Math.min(frame.width(), frame.height());
    return new Size(side(frame.width() * factor, patch), side(frame.height() * factor, patch));
  }

  private static int side(double pixels, int patch) {
    return (int) Math.rint(pixels) / patch * patch;
  }
}
