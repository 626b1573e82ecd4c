package org.dinovmf.ops.mixture;

import org.dinovmf.ops.VonMisesFisherMath;

/** The densities of a mixture, with the normalizers computed once. */
final class Scorer {

  private final double[][] directions;
  private final double[] kappas;
  private final double[] logTerms; // log weight + log C(kappa) + kappa

  Scorer(Mixture mixture, VonMisesFisherMath vmf) {
    int k = mixture.components().size();
    directions = new double[k][];
    kappas = new double[k];
    logTerms = new double[k];
    for (int i = 0; i < k; i++) {
      Component component = mixture.components().get(i);
      directions[i] = component.direction();
      kappas[i] = component.kappa();
      logTerms[i] = Math.log(component.weight()) + vmf.logNormalizer(kappas[i]) + kappas[i];
    }
  }

  /**
   * Fills in the posterior, and answers the logarithm of the density. With {@code kappa (cos - 1)},
   * which keeps its digits where the components are narrow.
   */
  double posterior(double[] x, double[] posterior) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < kappas.length; i++) {
      posterior[i] = logTerms[i] - kappas[i] * UnitVectors.oneMinusCosine(x, directions[i]);
      largest = Math.max(largest, posterior[i]);
    }
    double sum = 0;
    for (int i = 0; i < kappas.length; i++) {
      posterior[i] = Math.exp(posterior[i] - largest);
      sum += posterior[i];
    }
    for (int i = 0; i < kappas.length; i++) {
      posterior[i] /= sum;
    }
    return largest + Math.log(sum);
  }
}
