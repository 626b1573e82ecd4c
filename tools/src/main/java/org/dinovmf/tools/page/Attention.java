package org.dinovmf.tools.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.features.Pixels;
import org.dinovmf.training.data.DecodedImage;

/**
 * What the class token of the last block looks at; Caron et al. 2021, figure 1.
 *
 * @param name of the image
 * @param picture the part of the image that the encoder saw, in pixels of the image's own size
 * @param heads {@code [heads][rows][columns]}, softmax weights
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to pictures
public record Attention(String name, DecodedImage picture, float[][][] heads) {

  /** Longer side of a picture in pixels: what screens show, and files of a few megabytes. */
  public static final int MOST_SIDE = 1280;

  /** Of the image beside its maps, twice what a page shows. */
  private static final int SHOWN_SIDE = 224;

  /**
   * Runs the encoder over one image.
   *
   * @param seen at the size that the encoder sees: sides that the patch size divides
   * @param picture the same part of the image in its own pixels
   */
  public static Attention of(
      Encoder encoder, String name, DecodedImage seen, DecodedImage picture) {
    float[][][][] pixels = {Pixels.of(seen)};
    return new Attention(name, picture, encoder.attention(pixels)[0]);
  }

  /** Mean over the heads, {@code [rows][columns]}. */
  public float[][] mean() {
    float[][] mean = new float[heads[0].length][heads[0][0].length];
    for (float[][] head : heads) {
      for (int y = 0; y < mean.length; y++) {
        for (int x = 0; x < mean[y].length; x++) {
          mean[y][x] += head[y][x] / heads.length;
        }
      }
    }
    return mean;
  }

  /** Colors of one map, its least weight black and its greatest nearly white. */
  private static ColorScale scale(float[][] weights) {
    return ColorScale.of(List.<float[][]>of(weights));
  }

  /**
   * Writes the image, the mean and each head as PNG files into a folder of the image's name, with
   * its ending: names may differ in that alone.
   */
  public void write(Path out) throws IOException {
    Path folder = Files.createDirectories(out.resolve(name));
    ImageIO.write(Thumbnail.picture(picture), "png", folder.resolve("image.png").toFile());
    write(folder.resolve("mean.png"), mean());
    for (int h = 0; h < heads.length; h++) {
      write(folder.resolve("head-%d.png".formatted(h + 1)), heads[h]);
    }
  }

  private void write(Path file, float[][] weights) throws IOException {
    ImageIO.write(
        scale(weights).draw(weights, picture.width(), picture.height()), "png", file.toFile());
  }

  /** The image, the mean and each head as figures. */
  String html() throws IOException {
    List<String> figures = new ArrayList<>();
    figures.add(figure(Thumbnail.address(picture, SHOWN_SIDE), "image", name));
    figures.add(figure(address(mean()), "mean", name));
    for (int h = 0; h < heads.length; h++) {
      figures.add(figure(address(heads[h]), "head " + (h + 1), name));
    }
    return "<div class=\"attention\">%s</div>%n".formatted(String.join("", figures));
  }

  /** A pixel for a patch; the page enlarges it. */
  private static String address(float[][] weights) throws IOException {
    return Thumbnail.address(scale(weights).draw(weights));
  }

  private static String figure(String address, String caption, String name) {
    return "<figure>%s<figcaption>%s</figcaption></figure>"
        .formatted(Html.image("", caption + " of " + name, address), caption);
  }
}
