package org.dinovmf.ops;

/**
 * What follows from {@code F(kappa) = log C(0) - log C(kappa) >= 0}, with the density {@code
 * C(kappa) exp(kappa mu.x)}, as functions of the square of kappa. A term is built when it is asked
 * for, each by a formula of its own: {@code A = F'} is the mean resultant length.
 */
interface NormalizerTerms<V> {

  /** {@code F}, 0 at 0. */
  V difference();

  /**
   * {@code kappa - F}, which grows with the logarithm of kappa only.
   *
   * @param kappa the number whose square these terms are of
   */
  V remainder(V kappa);

  /** {@code A / kappa}; {@code 1 / dim} at 0. */
  V ratio();

  /** {@code A'}, the variance of the cosine to the mean direction; {@code 1 / dim} at 0. */
  V slope();

  /** {@code A'' / kappa}, below 0. */
  V curvature();

  /** The slope of {@link #ratio} in the square of kappa, below 0. */
  V ratioSlope();

  /**
   * {@code 1 - A}.
   *
   * @param kappa the number whose square these terms are of
   */
  V complement(V kappa);

  /** {@code kappa A - F}, the divergence from the uniform distribution. */
  V divergence();
}
