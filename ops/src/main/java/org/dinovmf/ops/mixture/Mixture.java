package org.dinovmf.ops.mixture;

import java.util.List;
import org.dinovmf.ops.VonMisesFisherMath;

/**
 * A mixture of von Mises-Fisher distributions, {@code p(x) = sum_k weight_k C(kappa_k) exp(kappa_k
 * mu_k.x)}.
 *
 * @param components at least one, all of one dimension
 */
public record Mixture(List<Component> components) {

  public Mixture {
    components = List.copyOf(components);
    if (components.isEmpty()) {
      throw new IllegalArgumentException("a mixture must have at least one component");
    }
    int dim = components.get(0).direction().length;
    for (Component component : components) {
      if (component.direction().length != dim) {
        throw new IllegalArgumentException(
            "all components must have one dimension, but have %d and %d"
                .formatted(dim, component.direction().length));
      }
    }
  }

  /** Dimension of the space. */
  public int dim() {
    return components.get(0).direction().length;
  }

  /** {@code log p(x)} in nats. */
  public double logDensity(double[] x) {
    return at(x, new Scorer(this, VonMisesFisherMath.of(dim())), new double[components.size()]);
  }

  /** The posterior probability of each component. */
  public double[] posterior(double[] x) {
    double[] posterior = new double[components.size()];
    at(x, new Scorer(this, VonMisesFisherMath.of(dim())), posterior);
    return posterior;
  }

  private double at(double[] x, Scorer scorer, double[] posterior) {
    if (x.length != dim()) {
      throw new IllegalArgumentException(
          "x must have %d values, but has %d".formatted(dim(), x.length));
    }
    return scorer.posterior(x, posterior);
  }

  /** Number of free values: directions, concentrations and weights. */
  public int numParameters() {
    int k = components.size();
    return k * (dim() - 1) + k + (k - 1);
  }
}
