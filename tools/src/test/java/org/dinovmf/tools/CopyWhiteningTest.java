package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.Pixels;
import org.dinovmf.training.data.DecodedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whitening does to the score of {@code eval copy}, against an implementation of its own. */
final class CopyWhiteningTest {

  private static final int SIDE = 16;
  private static final int ORIGINALS = 16;
  private static final int OTHERS = 60;

  /** Of the greatest eigenvalue, as published. */
  private static final double FLOOR = 1e-5;

  /** Of sums of a few fractions: rounding swaps no two places, for cosines of noise are apart. */
  private static final double TOLERANCE = 1e-9;

  @TempDir private Path folder;

  @Test
  void whitensOriginalsAndCopiesByTheOtherImages() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    byte[][] originals = noise(random, ORIGINALS);
    byte[][] copies = noise(random, ORIGINALS);
    for (int i = 0; i < ORIGINALS; i++) {
      for (int p = 0; p < copies[i].length; p++) { // half is other noise, so that some are missed
        copies[i][p] = (byte) (((originals[i][p] & 0xFF) + (copies[i][p] & 0xFF)) / 2);
      }
    }
    byte[][] others = noise(random, OTHERS);
    Path run = folder.resolve("run");
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    write("originals", originals);
    write("copies", copies);
    write("others", others);

    double[][] database;
    double[][] queries;
    double[][] learned;
    try (Encoder encoder =
        Encoder.fromCheckpoint(
            TrainedEncoder.of(run, Optional.empty(), warning -> {}).source(), 1)) {
      database = features(encoder, originals);
      queries = features(encoder, copies);
      learned = features(encoder, others);
    }
    double plain = score(run);
    double whitened = score(run, "--whitening", folder.resolve("others"));
    assertEquals(meanAveragePrecision(database, queries), plain, TOLERANCE);
    assertEquals(
        meanAveragePrecision(whitened(learned, database), whitened(learned, queries)),
        whitened,
        TOLERANCE);
    assertNotEquals(plain, whitened, 1, "or the score would not show it");
  }

  private double score(Path run, Object... more) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of("eval", "copy", "--run", run, "--json"));
    arguments.addAll(List.of("--originals", folder.resolve("originals")));
    arguments.addAll(List.of("--copies", folder.resolve("copies")));
    arguments.addAll(List.of("--image-size", SIDE));
    arguments.addAll(List.of(more));
    CommandRun found = CommandRun.of(arguments.toArray());
    assertEquals(0, found.exitCode(), found.err());
    return new ObjectMapper().readTree(found.out()).get("map").doubleValue();
  }

  private static byte[][] noise(SplittableRandom random, int count) {
    byte[][] images = new byte[count][3 * SIDE * SIDE];
    for (byte[] image : images) {
      random.nextBytes(image);
    }
    return images;
  }

  /** The first four characters of a name say what belongs together. */
  private void write(String name, byte[][] images) throws IOException {
    Path files = Files.createDirectory(folder.resolve(name));
    for (int i = 0; i < images.length; i++) {
      BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < SIDE * SIDE; p++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = rgb << 8 | (images[i][3 * p + c] & 0xFF);
        }
        picture.setRGB(p % SIDE, p / SIDE, rgb);
      }
      ImageIO.write(picture, "png", files.resolve("%04d-a.png".formatted(i)).toFile());
    }
  }

  private static double[][] features(Encoder encoder, byte[][] images) {
    float[][][][] pixels = new float[images.length][][][];
    for (int i = 0; i < images.length; i++) {
      pixels[i] = Pixels.of(DecodedImage.color(SIDE, SIDE, images[i]));
    }
    float[][] rows = new FeatureKind.ClassAndGem().rows(encoder, pixels);
    double[][] features = new double[rows.length][rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      for (int d = 0; d < rows[i].length; d++) {
        features[i][d] = rows[i][d];
      }
    }
    return features;
  }

  /** Of one original each: half of what the precision is just above it and at it. */
  private static double meanAveragePrecision(double[][] database, double[][] queries) {
    double sum = 0;
    for (int q = 0; q < queries.length; q++) {
      int nearer = 0;
      for (double[] row : database) {
        nearer += cosine(queries[q], row) > cosine(queries[q], database[q]) ? 1 : 0;
      }
      sum += ((nearer == 0 ? 1 : 0) + 1.0 / (nearer + 1)) / 2;
    }
    return 100 * sum / queries.length;
  }

  private static double cosine(double[] a, double[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }

  /** Less the mean of what is learned from, over the roots of its second moments' eigenvalues. */
  private static double[][] whitened(double[][] learned, double[][] rows) {
    int dim = learned[0].length;
    double[] mean = new double[dim];
    double[][] moments = new double[dim][dim];
    for (double[] row : learned) {
      for (int i = 0; i < dim; i++) {
        mean[i] += row[i] / learned.length;
        for (int j = 0; j < dim; j++) {
          moments[i][j] += row[i] * row[j] / learned.length;
        }
      }
    }
    double[][] vectors = diagonalize(moments); // the moments are their eigenvalues now
    double greatest = 0;
    for (int c = 0; c < dim; c++) {
      greatest = Math.max(greatest, moments[c][c]);
    }
    double[][] whitened = new double[rows.length][dim];
    for (int i = 0; i < rows.length; i++) {
      for (int c = 0; c < dim; c++) {
        for (int d = 0; d < dim; d++) {
          whitened[i][c] += (rows[i][d] - mean[d]) * vectors[d][c];
        }
        whitened[i][c] /= Math.sqrt(Math.max(moments[c][c], FLOOR * greatest));
      }
    }
    return whitened;
  }

  /** Jacobi's rotations; the eigenvectors are the columns. */
  private static double[][] diagonalize(double[][] symmetric) {
    int dim = symmetric.length;
    double[][] vectors = new double[dim][dim];
    for (int i = 0; i < dim; i++) {
      vectors[i][i] = 1;
    }
    for (int sweep = 0; sweep < 12; sweep++) {
      for (int p = 0; p < dim; p++) {
        for (int q = p + 1; q < dim; q++) {
          double angle = Math.atan2(2 * symmetric[p][q], symmetric[q][q] - symmetric[p][p]) / 2;
          rotateColumns(symmetric, p, q, angle);
          rotateColumns(vectors, p, q, angle);
          rotateRows(symmetric, p, q, angle);
        }
      }
    }
    return vectors;
  }

  private static void rotateColumns(double[][] matrix, int p, int q, double angle) {
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    for (double[] row : matrix) {
      double left = row[p];
      row[p] = cos * left - sin * row[q];
      row[q] = sin * left + cos * row[q];
    }
  }

  private static void rotateRows(double[][] matrix, int p, int q, double angle) {
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    for (int j = 0; j < matrix.length; j++) {
      double upper = matrix[p][j];
      matrix[p][j] = cos * upper - sin * matrix[q][j];
      matrix[q][j] = sin * upper + cos * matrix[q][j];
    }
  }
}
