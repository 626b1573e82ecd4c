package org.dinovmf.training.data;

import java.util.Arrays;
import java.util.List;
import org.dinovmf.training.data.MultiCropConfig.Jitter;

/**
 * The chances of one jitter.
 *
 * @param order in which the operations follow one another
 * @param brightness factor
 * @param contrast factor
 * @param saturation factor
 * @param hue shift in turns of the color circle
 */
record JitterDraws(
    List<ColorOperation> order, double brightness, double contrast, double saturation, double hue) {

  static JitterDraws draw(Jitter jitter, CropRandom random) {
    return new JitterDraws(
        shuffled(random),
        factor(jitter.brightness(), random),
        factor(jitter.contrast(), random),
        factor(jitter.saturation(), random),
        random.nextDouble(-jitter.hue(), jitter.hue()));
  }

  /** Every order as likely as any other (Fisher and Yates). */
  private static List<ColorOperation> shuffled(CropRandom random) {
    ColorOperation[] operations = ColorOperation.values();
    for (int last = operations.length - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      ColorOperation swapped = operations[last];
      operations[last] = operations[other];
      operations[other] = swapped;
    }
    return Arrays.asList(operations);
  }

  private static double factor(double strength, CropRandom random) {
    return random.nextDouble(Math.max(0, 1 - strength), 1 + strength);
  }
}
