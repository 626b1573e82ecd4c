package org.dinovmf.tools.embed;

/** Files that embeddings are written to, beside the list of images. */
public enum EmbeddingFormat {
  /** {@code embeddings.npy}, which is always written: what other commands read. */
  NPY,
  /** {@code embeddings.csv}: path, then a column for each value. */
  CSV,
  /** {@code embeddings.arrow}, Arrow's file format, which pandas, Polars and DuckDB read. */
  ARROW,
  /** {@code projector/}, for the projector of TensorBoard. */
  PROJECTOR
}
