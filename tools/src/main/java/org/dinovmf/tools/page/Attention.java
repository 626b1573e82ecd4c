package org.dinovmf.tools.page;

import java.awt.image.BufferedImage;
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
 * @param seen the pixels that the encoder saw
 * @param heads {@code [heads][rows][columns]}, softmax weights
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to pictures
public record Attention(String name, DecodedImage seen, float[][][] heads) {

  /** Of the image beside its maps, twice what a page shows. */
  private static final int SHOWN_SIDE = 224;

  /**
   * Runs the encoder over one image.
   *
   * @param seen sides that the patch size divides
   */
  public static Attention of(Encoder encoder, String name, DecodedImage seen) {
    float[][][][] pixels = {Pixels.of(seen)};
    return new Attention(name, seen, encoder.attention(pixels)[0]);
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

  /** A map in colors, its least weight black and its greatest nearly white; a pixel for a patch. */
  private static BufferedImage picture(float[][] weights) {
    return ColorScale.of(List.<float[][]>of(weights)).draw(weights);
  }

  /**
   * Writes the image, the mean and each head as PNG files into a folder of the image's name, with
   * its ending: names may differ in that alone.
   */
  public void write(Path out) throws IOException {
    Path folder = Files.createDirectories(out.resolve(name));
    ImageIO.write(Thumbnail.picture(seen), "png", folder.resolve("image.png").toFile());
    write(folder.resolve("mean.png"), mean());
    for (int h = 0; h < heads.length; h++) {
      write(folder.resolve("head-%d.png".formatted(h + 1)), heads[h]);
    }
  }

  private void write(Path file, float[][] weights) throws IOException {
    ImageIO.write(
        Thumbnail.enlarged(picture(weights), seen.width(), seen.height()), "png", file.toFile());
  }

  /** The image, the mean and each head as figures. */
  String html() throws IOException {
    List<String> figures = new ArrayList<>();
    figures.add(figure(Thumbnail.address(seen, SHOWN_SIDE), "image", name));
    figures.add(figure(Thumbnail.address(picture(mean())), "mean", name));
    for (int h = 0; h < heads.length; h++) {
      figures.add(figure(Thumbnail.address(picture(heads[h])), "head " + (h + 1), name));
    }
    return "<div class=\"attention\">%s</div>%n".formatted(String.join("", figures));
  }

  private static String figure(String address, String caption, String name) {
    return "<figure>%s<figcaption>%s</figcaption></figure>"
        .formatted(Html.image("", caption + " of " + name, address), caption);
  }
}
