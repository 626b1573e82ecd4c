package org.dinovmf.savedmodel;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.EvalTransform;

/** Compares a written model with the graph and the weights it came from. */
final class ExportCheck {

  /** Relative to the largest value, which in an embedding is of order 1 after a LayerNorm. */
  private static final float TOLERANCE = 1e-5f;

  /** Of the largest posterior: what separates two ranks beyond rounding. */
  private static final float TIE = 1e-3f;

  private static final byte[] NO_IMAGE = {};

  private static final long SEED = 1;

  private ExportCheck() {}

  /**
   * Runs every signature of the written model by both, on random pixels and an encoded image.
   *
   * @param source with the weights of the checkpoint, rounded as the model keeps them
   * @throws IOException if a value differs
   */
  static void compare(Encoder source, Encoder written) throws IOException {
    EvalTransform transform = source.spec().transform();
    Channels channels = source.spec().channels();
    byte[] image = randomImage(transform.resize() + 1, channels);
    requireEqual(Ability.ORIENTED_FILES.key(), source.embed(image), written.embed(image));
    requireEqualFiles(source.embedUpright(image, NO_IMAGE), written.embedUpright(image, NO_IMAGE));
    int patch = source.spec().encoder().patchSize();
    List<Integer> widths =
        written.sizes() == Sizes.ANY
            ? List.of(transform.crop(), transform.crop() + patch)
            : List.of(transform.crop());
    for (int width : widths) {
      comparePixels(source, written, randomBytes(transform.crop(), width, channels));
    }
  }

  /**
   * Compares embeddings of random pixels by weights of the checkpoint and by rounded ones.
   *
   * @throws IOException if they point elsewhere by more than {@link WeightType#distance}
   */
  static void requireAlike(WeightType weights, Encoder exact, Encoder rounded) throws IOException {
    int crop = exact.spec().transform().crop();
    float[][][][] pixels = floats(randomBytes(crop, crop, exact.spec().channels()));
    requireAlike(weights, exact.embedPixels(pixels), rounded.embedPixels(pixels));
  }

  static void requireAlike(WeightType weights, float[][] exact, float[][] rounded)
      throws IOException {
    for (int i = 0; i < exact.length; i++) {
      double product = 0;
      double exactSquare = 0;
      double roundedSquare = 0;
      for (int j = 0; j < exact[i].length; j++) {
        product += (double) exact[i][j] * rounded[i][j];
        exactSquare += (double) exact[i][j] * exact[i][j];
        roundedSquare += (double) rounded[i][j] * rounded[i][j];
      }
      double distance = 1 - product / Math.sqrt(exactSquare * roundedSquare);
      // Written so that NaN fails.
      if (!(distance <= weights.distance())) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "weights in %s must turn no embedding by more than a cosine distance of %s, but turn one by %.3g;"
                    + " export with --weights float32",
                weights.label(),
                weights.distance(),
                distance));
      }
    }
  }

  private static void comparePixels(Encoder source, Encoder written, byte[][][][] bytes)
      throws IOException {
    float[][][][] pixels = floats(bytes);
    requireEqual(Signatures.FROM_PIXELS, source.embedPixels(pixels), written.embedPixels(pixels));
    requireEqual(Ability.PIXELS_UINT8.key(), source.embedPixels(bytes), written.embedPixels(bytes));
    TokenEmbeddings before = source.tokens(pixels);
    TokenEmbeddings after = written.tokens(pixels);
    requireEqual(Ability.TOKENS.key(), before.cls(), after.cls());
    float[][][][] attention = source.attention(pixels);
    float[][][][] writtenAttention = written.attention(pixels);
    for (int i = 0; i < pixels.length; i++) {
      requireEqual(Ability.TOKENS.key(), before.patches()[i], after.patches()[i]);
      for (int head = 0; head < attention[i].length; head++) {
        requireEqual(Ability.ATTENTION.key(), attention[i][head], writtenAttention[i][head]);
      }
    }
    if (written.has(Ability.CLASSIFY)) {
      requireEqual(
          Ability.CLASSIFY.key(),
          source.classify(pixels).probabilities(),
          written.classify(pixels).probabilities());
    }
    if (written.has(Ability.ASSIGN)) {
      requireEqual(source.assign(pixels), written.assign(pixels));
    }
  }

  private static void requireEqualFiles(EmbeddedFiles before, EmbeddedFiles after)
      throws IOException {
    requireSame(
        Signatures.SERVING_DEFAULT,
        Signatures.VALID,
        Arrays.toString(before.valid()),
        Arrays.toString(after.valid()));
    for (int i = 0; i < before.valid().length; i++) {
      if (before.valid()[i]) {
        requireEqual(
            Signatures.SERVING_DEFAULT,
            new float[][] {before.embeddings()[i]},
            new float[][] {after.embeddings()[i]});
      }
    }
  }

  /** Numbers and concentrations are compared where no other rank has about the same posterior. */
  static void requireEqual(Assignment before, Assignment after) throws IOException {
    String signature = Ability.ASSIGN.key();
    requireEqual(signature, before.embeddings(), after.embeddings());
    requireEqual(signature, before.posteriors(), after.posteriors());
    requireEqual(
        signature, new float[][] {before.logDensities()}, new float[][] {after.logDensities()});
    for (int i = 0; i < before.prototypes().length; i++) {
      for (int rank = 0; rank + 1 < before.prototypes()[i].length; rank++) {
        if (isApart(before.posteriors()[i], rank)) {
          requireSame(
              signature,
              Signatures.PROTOTYPE_INDICES,
              Integer.toString(before.prototypes()[i][rank]),
              Integer.toString(after.prototypes()[i][rank]));
          requireEqual(
              signature,
              new float[][] {{before.kappas()[i][rank]}},
              new float[][] {{after.kappas()[i][rank]}});
        }
      }
    }
  }

  /** Whether rounding cannot exchange a rank with its neighbors; they fall. */
  private static boolean isApart(float[] posteriors, int rank) {
    float gap = TIE * posteriors[0];
    return posteriors[rank] - posteriors[rank + 1] > gap
        && (rank == 0 || posteriors[rank - 1] - posteriors[rank] > gap);
  }

  private static void requireSame(String signature, String output, String before, String after)
      throws IOException {
    if (!before.equals(after)) {
      throw new IOException(
          "the exported model must give the '%s' of the checkpoint, but '%s' gives %s in place of %s; the export was removed"
              .formatted(output, signature, after, before));
    }
  }

  static void requireEqual(String signature, float[][] before, float[][] after) throws IOException {
    float largest = 1;
    for (float[] row : before) {
      for (float value : row) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    for (int i = 0; i < before.length; i++) {
      for (int j = 0; j < before[i].length; j++) {
        // Written so that NaN fails.
        if (!(Math.abs(before[i][j] - after[i][j]) <= TOLERANCE * largest)) {
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "the exported model must give the values of the checkpoint to %s of the largest, but '%s'"
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

  private static byte[][][][] randomBytes(int height, int width, Channels channels) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[][][][] pixels = new byte[2][height][width][channels.count()];
    for (byte[][][] image : pixels) {
      for (byte[][] row : image) {
        for (byte[] pixel : row) {
          random.nextBytes(pixel);
        }
      }
    }
    return pixels;
  }

  private static float[][][][] floats(byte[][][][] bytes) {
    int channels = bytes[0][0][0].length;
    float[][][][] pixels = new float[bytes.length][bytes[0].length][bytes[0][0].length][channels];
    for (int i = 0; i < pixels.length; i++) {
      for (int y = 0; y < pixels[i].length; y++) {
        for (int x = 0; x < pixels[i][y].length; x++) {
          for (int c = 0; c < channels; c++) {
            pixels[i][y][x][c] = (bytes[i][y][x][c] & 0xff) / 255f;
          }
        }
      }
    }
    return pixels;
  }

  /** A PNG file of noise, wider than high. */
  static byte[] randomImage(int height, Channels channels) throws IOException {
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
