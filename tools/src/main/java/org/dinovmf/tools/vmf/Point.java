package org.dinovmf.tools.vmf;

/**
 * Where the distribution is asked for.
 *
 * @param dim dimension of the space, at least 2
 * @param kappa concentration, at least 0, rounded to the precision
 */
public record Point(int dim, double kappa) {}
