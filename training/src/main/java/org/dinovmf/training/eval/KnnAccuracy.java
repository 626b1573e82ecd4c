package org.dinovmf.training.eval;

/**
 * Share of queries whose class is the first, or among the first five, by votes.
 *
 * @param k number of neighbors that voted
 * @param top1 percent
 * @param top5 percent; of all classes where there are fewer than five
 */
public record KnnAccuracy(int k, double top1, double top5) {}
