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

  /**
   * {@code log p(x)} of each point in nats. Points are best given together: the normalizers of the
   * components are computed anew with each call.
   *
   * @param points unit vectors of {@link #dim()} values
   */
  public double[] logDensities(double[][] points) {
    return densities(points, new double[points.length][components.size()]);
  }

  /**
   * The posterior probability of each component, given together as in {@link #logDensities}.
   *
   * @param points unit vectors of {@link #dim()} values
   * @return {@code [point][component]}
   */
  public double[][] posteriors(double[][] points) {
    double[][] posteriors = new double[points.length][components.size()];
    densities(points, posteriors);
    return posteriors;
  }

  private double[] densities(double[][] points, double[][] posteriors) {
    Scorer scorer = new Scorer(this, VonMisesFisherMath.of(dim()));
    double[] densities = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      if (points[i].length != dim()) {
        throw new IllegalArgumentException(
            "a point must have %d values, but point %d has %d"
                .formatted(dim(), i, points[i].length));
      }
      densities[i] = scorer.posterior(points[i], posteriors[i]);
    }
    return densities;
  }

  /** Number of free values: directions, concentrations and weights. */
  public int numParameters() {
    int k = components.size();
    return k * (dim() - 1) + k + (k - 1);
  }
}
