package org.dinovmf.savedmodel;

/**
 * The components of the teacher's mixture that images belong to; see {@link
 * org.dinovmf.graph.MixtureAssignment}.
 *
 * @param embeddings {@code [batch][bottleneck]}, of unit length
 * @param prototypes {@code [batch][top]}, numbers of the likeliest, the likeliest first
 * @param posteriors {@code [batch][top]}
 * @param kappas {@code [batch][top]}: length of the prototype over the teacher's last temperature
 * @param logDensities {@code [batch]}: log p(y) in nats
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once
public record Assignment(
    float[][] embeddings,
    int[][] prototypes,
    float[][] posteriors,
    float[][] kappas,
    float[] logDensities) {}
