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
