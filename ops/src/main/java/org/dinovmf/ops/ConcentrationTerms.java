package org.dinovmf.ops;

/** {@link NormalizerTerms} at a kappa that is known itself, not only its square. */
record ConcentrationTerms<V>(Arithmetic<V> math, V kappa, NormalizerTerms<V> ofSquare) {

  /** {@code F = log C(0) - log C(kappa)}. */
  V difference() {
    return ofSquare.difference();
  }

  /** {@code kappa - F}. */
  V remainder() {
    return ofSquare.remainder(kappa);
  }

  /** {@code A}. */
  V length() {
    return math.mul(kappa, ofSquare.ratio());
  }

  /** {@code 1 - A}. */
  V complement() {
    return ofSquare.complement(kappa);
  }

  /** {@code A'}. */
  V slope() {
    return ofSquare.slope();
  }

  /** {@code A''}. */
  V curvature() {
    return math.mul(kappa, ofSquare.curvature());
  }

  /** {@code kappa A - F}. */
  V divergence() {
    return ofSquare.divergence();
  }
}
