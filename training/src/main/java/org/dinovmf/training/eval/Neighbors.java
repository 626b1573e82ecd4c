package org.dinovmf.training.eval;

/** The nearest rows of a bank to one query, the nearest first. */
public final class Neighbors {

  private final int[] rows;
  private final float[] cosines;

  /** Takes the arrays over. */
  Neighbors(int[] rows, float[] cosines) {
    this.rows = rows;
    this.cosines = cosines;
  }

  /** The same but for one row, or for the farthest where that row is not among them. */
  Neighbors without(int row) {
    int[] otherRows = new int[rows.length - 1];
    float[] otherCosines = new float[rows.length - 1];
    int kept = 0;
    for (int place = 0; place < rows.length && kept < otherRows.length; place++) {
      if (rows[place] != row) {
        otherRows[kept] = rows[place];
        otherCosines[kept] = cosines[place];
        kept++;
      }
    }
    return new Neighbors(otherRows, otherCosines);
  }

  public int size() {
    return rows.length;
  }

  /** Row of the bank of the neighbor at the given place. */
  public int row(int place) {
    return rows[place];
  }

  /** In -1..1. */
  public float cosine(int place) {
    return cosines[place];
  }
}
