package org.dinovmf.savedmodel;

/**
 * What became of image files.
 *
 * @param embeddings {@code [batch][dim]}; NaN where an image cannot be decoded
 * @param valid {@code [batch]}: whether it could
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once
record EmbeddedFiles(float[][] embeddings, boolean[] valid) {}
