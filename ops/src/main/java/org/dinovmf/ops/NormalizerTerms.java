package org.dinovmf.ops;

/**
 * What follows from {@code F(kappa) = log C(0) - log C(kappa) >= 0}, with the density {@code
 * C(kappa) exp(kappa mu.x)}. A term is built when it is asked for.
 */
interface NormalizerTerms<V> {

  /** {@code F}, 0 at 0. */
  V difference();

  /** {@code A / kappa} with {@code A = F'} the mean resultant length; {@code 1 / dim} at 0. */
  V ratio();

  /** {@code A'}, the variance of the cosine to the mean direction; {@code 1 / dim} at 0. */
  V slope();

  /** The slope of {@link #ratio} in the square of kappa, below 0. */
  V ratioSlope();
}
