package org.dinovmf.training.eval.linear;

import java.util.Comparator;
import java.util.List;

/**
 * What a sweep of learning rates reached after its last epoch.
 *
 * @param trained images that were learned from
 * @param tested images that were classified
 * @param heads in the order of the rates
 * @param best weights of the head with the highest top-1
 */
public record ProbeResult(int trained, int tested, List<Head> heads, LinearHead best) {

  /**
   * One head.
   *
   * @param rate learning rate for 256 images
   * @param loss mean cross-entropy of its last steps in training, over the last epoch
   * @param top1 percent of the test images
   * @param top5 percent; of all classes where there are fewer than five
   */
  public record Head(double rate, double loss, double top1, double top5) {}

  public ProbeResult {
    heads = List.copyOf(heads);
  }

  /** The head with the highest top-1, of equal ones that with the lower rate. */
  public Head bestHead() {
    return heads.get(bestPlace(heads));
  }

  static int bestPlace(List<Head> heads) {
    int best = 0;
    for (int i = 1; i < heads.size(); i++) {
      best = BY_QUALITY.compare(heads.get(i), heads.get(best)) > 0 ? i : best;
    }
    return best;
  }

  private static final Comparator<Head> BY_QUALITY = Comparator.comparingDouble(Head::top1);
}
