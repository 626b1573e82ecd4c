package org.dinovmf.tools.embed;

import java.util.SplittableRandom;
import org.dinovmf.savedmodel.Encoder;

/** A fixed image of noise, by whose embedding an encoder is known whatever file it comes from. */
public final class TestPattern {

  private static final long SEED = 1;

  /**
   * Of the largest value. Devices and kernels round to within a thousandth. Teachers of a run that
   * barely moves any more may be as near to each other, and pass for one.
   */
  private static final float TOLERANCE = 0.01f;

  private TestPattern() {}

  /** The class token of the pattern. */
  public static float[] embedding(Encoder encoder) {
    return encoder.embedPixels(pixels(encoder))[0];
  }

  /** The pattern, as a batch of one. */
  public static float[][][][] pixels(Encoder encoder) {
    int side = encoder.spec().transform().crop();
    float[][][][] pixels = new float[1][side][side][encoder.spec().channels().count()];
    SplittableRandom random = new SplittableRandom(SEED);
    for (float[][] row : pixels[0]) {
      for (float[] pixel : row) {
        for (int c = 0; c < pixel.length; c++) {
          pixel[c] = (float) random.nextDouble();
        }
      }
    }
    return pixels;
  }

  /** Whether two embeddings are of one encoder. */
  public static boolean isSame(float[] one, float[] other) {
    if (one.length != other.length) {
      return false;
    }
    float largest = 0;
    float difference = 0;
    for (int d = 0; d < one.length; d++) {
      largest = Math.max(largest, Math.abs(one[d]));
      difference = Math.max(difference, Math.abs(one[d] - other[d]));
    }
    return difference <= TOLERANCE * largest;
  }
}
