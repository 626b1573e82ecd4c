package org.dinovmf.training.data;

import java.util.List;

/**
 * Which patches of a global crop are masked for the student. For each crop one of the ratios is
 * chosen, all as likely, and moved by up to its variation.
 *
 * @param shape how masked patches lie
 * @param ratios shares of the patches
 * @param variations greatest change of each ratio, up or down
 */
public record MaskConfig(MaskShape shape, List<Double> ratios, List<Double> variations) {

  public MaskConfig {
    ratios = List.copyOf(ratios);
    variations = List.copyOf(variations);
    new Faults()
        .require(
            !ratios.isEmpty() && ratios.size() == variations.size(),
            "masks need as many ratios as variations, at least one, but have %s and %s"
                .formatted(ratios, variations))
        .require(
            areShares(ratios, variations),
            "every mask ratio with its variation must stay in [0, 1], but they are %s and %s"
                .formatted(ratios, variations))
        .throwIfAny();
  }

  private static boolean areShares(List<Double> ratios, List<Double> variations) {
    for (int i = 0; i < Math.min(ratios.size(), variations.size()); i++) {
      double ratio = ratios.get(i);
      double variation = variations.get(i);
      if (!(variation >= 0 && ratio - variation >= 0 && ratio + variation <= 1)) {
        return false;
      }
    }
    return true;
  }

  /** Of iBOT's released vision transformers: half of the crops whole, 0.1 to 0.5 of the others. */
  public static MaskConfig ibot() {
    return new MaskConfig(MaskShape.BLOCK, List.of(0.0, 0.3), List.of(0.0, 0.2));
  }

  /** The share of patches to hide in one crop. */
  double ratio(CropRandom random) {
    int chosen = random.nextInt(ratios.size());
    double variation = variations.get(chosen);
    return random.nextDouble(ratios.get(chosen) - variation, ratios.get(chosen) + variation);
  }
}
