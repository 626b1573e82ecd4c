package org.dinovmf.training.eval.video;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A measure of one object over the frames of a video, or the mean of such over objects.
 *
 * @param mean over frames
 * @param recall share of frames with more than one half
 * @param decay mean over the first quarter of the frames less that over the last
 */
public record MeasureSummary(double mean, double recall, double decay) {

  private static final double GOOD = 0.5;
  private static final int QUARTERS = 4;

  /**
   * Of an object.
   *
   * @param values one for each frame, at least one
   */
  static MeasureSummary ofFrames(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a measure needs at least one frame");
    }
    double recall = (double) Arrays.stream(values).filter(v -> v > GOOD).count() / values.length;
    return new MeasureSummary(
        Arrays.stream(values).average().orElseThrow(),
        recall,
        quarter(values, 0) - quarter(values, QUARTERS - 1));
  }

  /** Quarters share their first and last frames, as the published code has them. */
  private static double quarter(double[] values, int index) {
    int from = bound(values.length, index);
    int to = bound(values.length, index + 1);
    return Arrays.stream(values, from, to + 1).average().orElseThrow();
  }

  private static int bound(int frames, int index) {
    // NumPy rounds halves to even after adding 1e-10, which makes them round up.
    return (int) Math.rint(1 + (frames - 1) * (double) index / QUARTERS + 1e-10) - 1;
  }

  /** The mean over objects. */
  static MeasureSummary ofObjects(List<MeasureSummary> objects) {
    return new MeasureSummary(
        mean(objects, MeasureSummary::mean),
        mean(objects, MeasureSummary::recall),
        mean(objects, MeasureSummary::decay));
  }

  private static double mean(List<MeasureSummary> objects, ToDoubleFunction<MeasureSummary> value) {
    return objects.stream().mapToDouble(value).average().orElseThrow();
  }
}
