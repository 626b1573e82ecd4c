package org.dinovmf.tools.embed;

import java.io.IOException;
import java.util.List;

/** Gives every row of an embedder unit length; bad rows stay as they are. */
public record UnitLength(RowEmbedder rows) implements RowEmbedder {

  @Override
  public int dimension() {
    return rows.dimension();
  }

  @Override
  public void embed(List<ImageRow> images, int from, Sink sink) throws IOException {
    rows.embed(
        images,
        from,
        (first, embedded) -> sink.accept(first, embedded.stream().map(UnitLength::of).toList()));
  }

  static EmbeddedRow of(EmbeddedRow row) {
    if (row.isBad()) {
      return row;
    }
    double square = 0;
    for (float value : row.embedding()) {
      square += (double) value * value;
    }
    if (square == 0) {
      return EmbeddedRow.bad(row.embedding().length, "an embedding of length 0 has no direction");
    }
    float[] unit = new float[row.embedding().length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (row.embedding()[i] / Math.sqrt(square));
    }
    return new EmbeddedRow(unit, row.reason());
  }
}
