package org.dinovmf.training.data;

import java.util.List;

/**
 * Mean and standard deviation of red, green and blue, in 0..1, with which crops are normalized as
 * {@code (value / 255 - mean) / deviation}.
 *
 * @param mean three values in [0, 1]
 * @param deviation three positive values
 */
public record ChannelStatistics(List<Double> mean, List<Double> deviation) {

  public ChannelStatistics {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    new Faults()
        .require(
            mean.size() == 3 && mean.stream().allMatch(v -> v >= 0 && v <= 1),
            "mean must be three values in [0, 1], but is " + mean)
        .require(
            deviation.size() == 3 && deviation.stream().allMatch(v -> v > 0 && v <= 1),
            "deviation must be three values in (0, 1], but is " + deviation)
        .throwIfAny();
  }

  /** ImageNet's, which DINO and nearly every published backbone use. */
  public static ChannelStatistics imageNet() {
    return new ChannelStatistics(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
  }
}
