package org.dinovmf.ops.mixture;

/** One distribution of a mixture and its share. Immutable. */
public final class Component {

  private final double weight;
  private final double[] meanDirection;
  private final double kappa;

  /**
   * Describes a component.
   *
   * @param weight from 0 to 1
   * @param meanDirection unit vector
   * @param kappa concentration, at least 0
   */
  public Component(double weight, double[] meanDirection, double kappa) {
    if (!(weight >= 0 && weight <= 1 + 1e-9)) {
      throw new IllegalArgumentException("weight must be from 0 to 1, but is " + weight);
    }
    UnitVectors.require(meanDirection, "meanDirection");
    if (!(kappa >= 0)) {
      throw new IllegalArgumentException("kappa must be at least 0, but is " + kappa);
    }
    this.weight = weight;
    this.meanDirection = meanDirection.clone();
    this.kappa = kappa;
  }

  public double weight() {
    return weight;
  }

  /** A copy. */
  public double[] meanDirection() {
    return meanDirection.clone();
  }

  public double kappa() {
    return kappa;
  }

  double[] direction() {
    return meanDirection;
  }
}
