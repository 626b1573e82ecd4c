package org.dinovmf.training.eval;

import java.util.Arrays;
import java.util.List;

/**
 * Some rows that others are multiplied with: a tile whose results stay in the cache. Every sum has
 * one order.
 */
public final class RowBlock {

  /** Rows of a block that is filled. */
  public static final int SIZE = 256;

  private final int rows;
  private final float[] transposed; // [dim, rows]

  private RowBlock(int rows, float[] transposed) {
    this.rows = rows;
    this.transposed = transposed;
  }

  /** Copies rows of equal length, at most {@link #SIZE}. */
  public static RowBlock of(List<float[]> rows) {
    int dim = rows.get(0).length;
    float[] block = new float[rows.size() * dim];
    for (int row = 0; row < rows.size(); row++) {
      float[] values = rows.get(row);
      for (int d = 0; d < dim; d++) {
        block[d * rows.size() + row] = values[d];
      }
    }
    return new RowBlock(rows.size(), block);
  }

  /** How many. */
  public int rows() {
    return rows;
  }

  /**
   * Products with two vectors, so that each value of the block is loaded for both. The inner loops
   * run over rows, which the compiler vectorizes; a sum over the dimension it would not.
   *
   * @param ofA gets the products with {@code a}; what lies beyond {@link #rows()} is left alone
   */
  public void multiply(float[] a, float[] b, float[] ofA, float[] ofB) {
    Arrays.fill(ofA, 0, rows, 0f);
    Arrays.fill(ofB, 0, rows, 0f);
    int dim = a.length;
    int d = 0;
    for (; d + 4 <= dim; d += 4) {
      float a0 = a[d];
      float a1 = a[d + 1];
      float a2 = a[d + 2];
      float a3 = a[d + 3];
      float b0 = b[d];
      float b1 = b[d + 1];
      float b2 = b[d + 2];
      float b3 = b[d + 3];
      int at = d * rows;
      for (int row = 0; row < rows; row++) {
        float x0 = transposed[at + row];
        float x1 = transposed[at + rows + row];
        float x2 = transposed[at + 2 * rows + row];
        float x3 = transposed[at + 3 * rows + row];
        ofA[row] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3;
        ofB[row] += b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3;
      }
    }
    for (; d < dim; d++) {
      for (int row = 0; row < rows; row++) {
        float x = transposed[d * rows + row];
        ofA[row] += a[d] * x;
        ofB[row] += b[d] * x;
      }
    }
  }
}
