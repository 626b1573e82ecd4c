package org.dinovmf.ops.mixture;

/**
 * A mixture fitted to points.
 *
 * @param logLikelihood of the points, in nats
 * @param numPoints how many
 */
public record MixtureFit(Mixture mixture, double logLikelihood, int numPoints) {

  /** Schwarz's criterion, {@code -2 log L + parameters log n}: less is better. */
  public double bic() {
    return -2 * logLikelihood + mixture.numParameters() * Math.log(numPoints);
  }
}
