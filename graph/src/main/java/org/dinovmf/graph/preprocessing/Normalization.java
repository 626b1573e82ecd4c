package org.dinovmf.graph.preprocessing;

import java.util.Collections;
import java.util.List;

/**
 * Mean and standard deviation of each channel over the training images, for pixels in 0..1.
 *
 * @param mean of each channel
 * @param std of each channel; above 0
 */
public record Normalization(List<Double> mean, List<Double> std) {

  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.size() != std.size()) {
      throw new IllegalArgumentException(
          "mean and std must have one value for each channel: mean=%s, std=%s"
              .formatted(mean, std));
    }
    if (!mean.stream().allMatch(Double::isFinite)
        || !std.stream().allMatch(value -> Double.isFinite(value) && value > 0)) {
      throw new IllegalArgumentException(
          "mean must be finite and std above 0: mean=%s, std=%s".formatted(mean, std));
    }
  }

  /** ImageNet's values, which the published code uses everywhere. */
  public static Normalization imageNet() {
    return new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
  }

  /** Changes nothing. */
  public static Normalization none(int channels) {
    return new Normalization(
        Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
  }

  /** How many channels it is for. */
  public int channels() {
    return mean.size();
  }

  float[] meanValues() {
    return floats(mean);
  }

  float[] stdValues() {
    return floats(std);
  }

  private static float[] floats(List<Double> values) {
    float[] copy = new float[values.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values.get(i).floatValue();
    }
    return copy;
  }
}
