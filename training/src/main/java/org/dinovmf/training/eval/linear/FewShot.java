package org.dinovmf.training.eval.linear;

import java.util.ArrayList;
import java.util.List;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * Logistic regression on few labeled images: the low-shot evaluation of Assran et al. 2022, section
 * 4, and of Caron et al. 2021 on 1 % of the labels. Differs from both in the solver, which goes to
 * the minimum.
 */
public final class FewShot {

  private FewShot() {}

  /**
   * Fits on each split of the training images and classifies all test images.
   *
   * @param train images of which the splits are positions
   * @param test as wide as {@code train}
   */
  public static FewShotResult evaluate(
      LabeledFeatures train,
      LabeledFeatures test,
      List<int[]> splits,
      RowScaling scaling,
      LogisticConfig config) {
    if (train.dim() != test.dim()) {
      throw new IllegalArgumentException(
          "test features must have the %d values a row of the training ones, but have %d"
              .formatted(train.dim(), test.dim()));
    }
    int classes = train.labels().stream().mapToInt(label -> label + 1).max().orElseThrow();
    double[][] queries = test.features().stream().map(scaling::apply).toArray(double[][]::new);
    List<FewShotResult.Split> results = new ArrayList<>();
    for (int[] split : splits) {
      double[][] rows = new double[split.length][];
      int[] labels = new int[split.length];
      for (int i = 0; i < split.length; i++) {
        rows[i] = scaling.apply(train.features().get(split[i]));
        labels[i] = train.labels().get(split[i]);
      }
      LogisticRegression fitted = LogisticRegression.fit(rows, labels, classes, config);
      int right = 0;
      for (int i = 0; i < queries.length; i++) {
        right += fitted.classify(queries[i]) == test.labels().get(i) ? 1 : 0;
      }
      results.add(
          new FewShotResult.Split(
              split.length, 100.0 * right / queries.length, fitted.loss(), fitted.isConverged()));
    }
    return new FewShotResult(results);
  }
}
