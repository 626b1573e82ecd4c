package org.dinovmf.training.data;

import java.util.ArrayList;
import java.util.List;
import org.dinovmf.graph.preprocessing.Normalization;

/**
 * Mean and deviation of the pixels of a data set.
 *
 * @param normalization of the values in 0..1
 * @param images how many were measured
 */
public record DatasetStatistics(Normalization normalization, int images) {

  /** Half of one step of 255: a channel that never changes must not be divided by 0. */
  private static final double LEAST_DEVIATION = 0.5 / 255;

  /**
   * Measures images drawn without replacement, each with the same weight whatever its size. Images
   * that cannot be decoded are passed over.
   *
   * @param sample how many images at most
   * @throws DataException if none of the images can be decoded
   */
  public static DatasetStatistics measure(
      ImageIndex index, ImageDecoder decoder, int sample, long seed) {
    if (sample < 1) {
      throw new IllegalArgumentException("sample must be 1 image or more, but is " + sample);
    }
    int channels = decoder.channels().count();
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    int measured = 0;
    int unreadable = 0;
    for (int image : EpochOrder.of(index, seed, 0)) {
      if (measured == sample) {
        break;
      }
      try {
        add(decoder.decode(index.images().get(image)), sum, squares);
        measured++;
      } catch (BadImageException e) {
        unreadable++; // named when training comes to it
      }
    }
    if (measured == 0) {
      throw new DataException("none of the %d images can be decoded".formatted(unreadable));
    }
    List<Double> mean = new ArrayList<>();
    List<Double> deviation = new ArrayList<>();
    for (int c = 0; c < channels; c++) {
      double m = sum[c] / measured;
      mean.add(m);
      deviation.add(
          Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, squares[c] / measured - m * m))));
    }
    return new DatasetStatistics(new Normalization(mean, deviation), measured);
  }

  /** Adds the mean and the mean square of each channel of one image. */
  private static void add(DecodedImage image, double[] sum, double[] squares) {
    byte[] pixels = image.pixels();
    int channels = image.channels().count();
    long[] values = new long[channels];
    long[] valueSquares = new long[channels];
    for (int i = 0; i < pixels.length; i += channels) {
      for (int c = 0; c < channels; c++) {
        int value = pixels[i + c] & 0xFF;
        values[c] += value;
        valueSquares[c] += (long) value * value;
      }
    }
    double count = pixels.length / (double) channels;
    for (int c = 0; c < channels; c++) {
      sum[c] += values[c] / count / 255;
      squares[c] += valueSquares[c] / count / (255.0 * 255.0);
    }
  }
}
