package org.dinovmf.tools.embed;

import java.io.IOException;
import java.util.List;

/** Turns images into rows of equal length, in order. */
public interface RowEmbedder {

  /** Values of a row. */
  int dimension();

  /**
   * Embeds the rows from position {@code from} to the end, or until the sink has enough.
   *
   * @throws IOException what the sink throws
   */
  void embed(List<ImageRow> rows, int from, Sink sink) throws IOException;

  /** Takes the rows of a batch. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes the next rows, in order.
     *
     * @param first position of the first
     * @return whether to go on
     */
    boolean accept(int first, List<EmbeddedRow> rows) throws IOException;
  }
}
