package org.dinovmf.tools.embed;

import java.awt.image.BufferedImage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageResize;

/**
 * A log folder for TensorBoard's projector: {@code tensors.tsv}, {@code metadata.tsv}, {@code
 * sprite.png} and {@code projector_config.pbtxt}. Bad images are left out.
 */
final class ProjectorExport {

  /** A larger one takes gigabytes in a browser. */
  private static final int MAX_SIDE = 4096;

  private static final int MAX_THUMBNAIL = 64;

  /** Smaller pictures show nothing: more images than fit have none. */
  private static final int MIN_THUMBNAIL = 16;

  private ProjectorExport() {}

  /** Returns whether the folder is whole. */
  static boolean write(FinishedRows rows, Path folder, EmbedConfig config) throws IOException {
    List<ImageRow> shown = new ArrayList<>();
    try (BufferedWriter tensors = Files.newBufferedWriter(folder.resolve("tensors.tsv"));
        BufferedWriter metadata = Files.newBufferedWriter(folder.resolve("metadata.tsv"))) {
      boolean isWhole =
          rows.forEach(
              (image, embedding) -> {
                if (FinishedRows.isBad(embedding)) {
                  return;
                }
                shown.add(image);
                for (int i = 0; i < embedding.length; i++) {
                  tensors.write((i == 0 ? "" : "\t") + embedding[i]);
                }
                tensors.write('\n');
                // A single column has no header: TensorBoard would take it for a row.
                metadata.write(image.path().replaceAll("[\\t\\r\\n]", " ") + '\n');
              });
      if (!isWhole) {
        return false;
      }
    }
    int grid = (int) Math.ceil(Math.sqrt(Math.max(1, shown.size())));
    int side = Math.min(MAX_THUMBNAIL, MAX_SIDE / grid);
    String sprite = "";
    if (side >= MIN_THUMBNAIL) {
      Optional<BufferedImage> picture = sprite(shown, grid, side, config, rows.goOn());
      if (picture.isEmpty()) {
        return false;
      }
      ImageIO.write(picture.get(), "png", folder.resolve("sprite.png").toFile());
      sprite =
          """
            sprite {
              image_path: "sprite.png"
              single_image_dim: %d
              single_image_dim: %d
            }
          """
              .formatted(side, side);
    }
    Files.writeString(
        folder.resolve("projector_config.pbtxt"),
        """
        embeddings {
          tensor_name: "embeddings"
          tensor_path: "tensors.tsv"
          metadata_path: "metadata.tsv"
        %s}
        """
            .formatted(sprite));
    return true;
  }

  /** Thumbnails in rows; square, as TensorBoard wants it. Nothing after a stop. */
  private static Optional<BufferedImage> sprite(
      List<ImageRow> images, int grid, int side, EmbedConfig config, BooleanSupplier goOn) {
    BufferedImage sprite = new BufferedImage(grid * side, grid * side, BufferedImage.TYPE_INT_RGB);
    try (ImageDecoder decoder =
        new ImageDecoder(config.limits(), Channels.COLOR, config.decoding(), config.threads())) {
      for (int i = 0; i < images.size(); i++) {
        if (!goOn.getAsBoolean()) {
          return Optional.empty();
        }
        int left = i % grid * side;
        int top = i / grid * side;
        thumbnail(decoder, images.get(i), side).ifPresent(small -> draw(small, sprite, left, top));
      }
    }
    return Optional.of(sprite);
  }

  /** Nothing where an image that was good a moment ago cannot be read any more: it stays black. */
  private static Optional<DecodedImage> thumbnail(ImageDecoder decoder, ImageRow row, int side) {
    try {
      DecodedImage image = decoder.decode(row.image().orElseThrow());
      return Optional.of(ImageResize.shorterSideAndCrop(image, new EvalTransform(side, side)));
    } catch (BadImageException unread) {
      return Optional.empty();
    }
  }

  private static void draw(DecodedImage image, BufferedImage sprite, int left, int top) {
    byte[] pixels = image.pixels();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int at = 3 * (y * image.width() + x);
        int rgb =
            (pixels[at] & 0xff) << 16 | (pixels[at + 1] & 0xff) << 8 | (pixels[at + 2] & 0xff);
        sprite.setRGB(left + x, top + y, rgb);
      }
    }
  }
}
