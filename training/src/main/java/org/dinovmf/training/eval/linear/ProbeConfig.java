package org.dinovmf.training.eval.linear;

import java.util.ArrayList;
import java.util.List;

/**
 * How linear heads are trained on frozen features.
 *
 * @param rates learning rates for 256 images a step, a head for each, all above 0
 * @param epochs at least 1
 * @param batchSize images a step, at least 1; the rate is scaled by it
 * @param momentum of the descent, in [0, 1)
 * @param seed of the start and of the order of images
 */
public record ProbeConfig(
    List<Double> rates, int epochs, int batchSize, double momentum, long seed) {

  /** The published number. */
  public static final int EPOCHS = 100;

  private static final int BATCH_SIZE = 128;
  private static final double MOMENTUM = 0.9;

  public ProbeConfig {
    rates = List.copyOf(rates);
    if (rates.isEmpty() || rates.stream().anyMatch(rate -> !(rate > 0) || rate.isInfinite())) {
      throw new IllegalArgumentException(
          "there must be at least one learning rate, each above 0: " + rates);
    }
    if (epochs < 1 || batchSize < 1 || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "epochs and batch size must be at least 1, momentum in [0, 1): epochs=%d, batchSize=%d, momentum=%s"
              .formatted(epochs, batchSize, momentum));
    }
  }

  /**
   * The evaluation of DINO (Caron et al. 2021, section 4.1): 100 epochs, momentum 0.9, no decay,
   * with the 45 rates of iBOT's (Zhou et al. 2022, section 4.1): n 10^k for n = 1..9, k = -4..0.
   */
  public static ProbeConfig published(int epochs, long seed) {
    return new ProbeConfig(publishedRates(), epochs, BATCH_SIZE, MOMENTUM, seed);
  }

  private static List<Double> publishedRates() {
    List<Double> rates = new ArrayList<>();
    for (int exponent = -4; exponent <= 0; exponent++) {
      for (int n = 1; n <= 9; n++) {
        rates.add(Double.valueOf(n + "e" + exponent));
      }
    }
    return rates;
  }

  /** The share of the rate in an epoch, from 1 on a half cosine towards 0. */
  double rateFactor(int epoch) {
    return (1 + Math.cos(Math.PI * epoch / epochs)) / 2;
  }
}
