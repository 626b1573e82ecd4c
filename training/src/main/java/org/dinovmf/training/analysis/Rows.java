package org.dinovmf.training.analysis;

/** Arithmetic of rows of float32 in double. */
final class Rows {

  private Rows() {}

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  static double norm(float[] row) {
    return Math.sqrt(dot(row, row));
  }

  static float[] scaled(float[] row, double factor) {
    float[] result = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      result[i] = (float) (row[i] * factor);
    }
    return result;
  }
}
