/**
 * Mixtures of von Mises-Fisher distributions in plain Java: sampling, estimates of concentration,
 * and fitting. All work on unit vectors of doubles.
 */
package org.dinovmf.ops.mixture;
