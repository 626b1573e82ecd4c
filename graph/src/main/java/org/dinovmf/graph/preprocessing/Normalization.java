package org.dinovmf.graph.preprocessing;

import java.util.List;

/**
 * Mean and standard deviation of each channel over the training images, for pixels in 0..1.
 *
 * @param mean red, green, blue
 * @param std red, green, blue; above 0
 */
public record Normalization(List<Double> mean, List<Double> std) {

  private static final int CHANNELS = 3;

  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != CHANNELS || std.size() != CHANNELS) {
      throw new IllegalArgumentException(
          "mean and std must have %d values each, for red, green and blue: mean=%s, std=%s"
              .formatted(CHANNELS, mean, std));
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
