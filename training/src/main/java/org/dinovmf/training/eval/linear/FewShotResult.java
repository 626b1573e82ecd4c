package org.dinovmf.training.eval.linear;

import java.util.List;

/** Accuracy over several small training sets. */
public record FewShotResult(List<Split> splits) {

  /**
   * One training set.
   *
   * @param images that were fitted on
   * @param top1 percent of the test images that are classified rightly
   * @param loss regularized loss of the fit
   * @param isConverged whether the loss is proven to be at the minimum
   */
  public record Split(int images, double top1, double loss, boolean isConverged) {}

  public FewShotResult {
    splits = List.copyOf(splits);
    if (splits.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one split");
    }
  }

  /** Mean accuracy in percent. */
  public double mean() {
    return splits.stream().mapToDouble(Split::top1).average().orElseThrow();
  }

  /**
   * Deviation of the accuracy from split to split in percent, the root of the squares over the
   * number of splits less one; 0 for a single split.
   */
  public double deviation() {
    double mean = mean();
    double squares = splits.stream().mapToDouble(split -> Math.pow(split.top1() - mean, 2)).sum();
    return splits.size() == 1 ? 0 : Math.sqrt(squares / (splits.size() - 1));
  }
}
