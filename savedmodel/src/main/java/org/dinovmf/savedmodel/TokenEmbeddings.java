package org.dinovmf.savedmodel;

/**
 * Tokens after the last LayerNorm.
 *
 * @param cls {@code [batch][dim]}
 * @param patches {@code [batch][patches][dim]}, in rows from the top
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once
public record TokenEmbeddings(float[][] cls, float[][][] patches) {}
