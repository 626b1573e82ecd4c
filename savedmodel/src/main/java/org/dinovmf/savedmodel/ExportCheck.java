package org.dinovmf.savedmodel;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.EvalTransform;

/** Compares a written model with the weights it came from. */
final class ExportCheck {

  /** Of an embedding, whose entries are of order 1 after a LayerNorm. */
  private static final float TOLERANCE = 1e-5f;

  private static final long SEED = 1;

  private ExportCheck() {}

  /**
   * Embeds random pixels and an encoded image by both.
   *
   * @param source with the weights of the checkpoint
   * @throws IOException if a value differs
   */
  static void compare(Encoder source, Encoder written) throws IOException {
    EvalTransform transform = source.spec().transform();
    Channels channels = source.spec().channels();
    float[][][][] pixels = randomPixels(transform.crop(), channels);
    byte[] image = randomImage(transform.resize() + 1, channels);
    requireEqual(Signatures.FROM_PIXELS, source.embedPixels(pixels), written.embedPixels(pixels));
    requireEqual(Signatures.SERVING_DEFAULT, source.embed(image), written.embed(image));
  }

  static void requireEqual(String signature, float[][] before, float[][] after) throws IOException {
    for (int i = 0; i < before.length; i++) {
      for (int j = 0; j < before[i].length; j++) {
        // Written so that NaN fails.
        if (!(Math.abs(before[i][j] - after[i][j]) <= TOLERANCE)) {
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "the exported model must give the embeddings of the checkpoint to %s, but '%s'"
                      + " gives %s in place of %s in column %d; the export was removed",
                  TOLERANCE,
                  signature,
                  after[i][j],
                  before[i][j],
                  j));
        }
      }
    }
  }

  private static float[][][][] randomPixels(int side, Channels channels) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[][][][] pixels = new float[2][side][side][channels.count()];
    for (float[][][] image : pixels) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          for (int c = 0; c < pixel.length; c++) {
            pixel[c] = random.nextInt(256) / 255f;
          }
        }
      }
    }
    return pixels;
  }

  /** A PNG file of noise, wider than high. */
  private static byte[] randomImage(int height, Channels channels) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    int type =
        channels == Channels.COLOR_AND_ALPHA
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(height + height / 2, height, type);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
