package org.dinovmf.training.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Exact search for the nearest rows by cosine, block by block: the memory is that of two copies of
 * the features and k entries a query, never a matrix of queries by bank.
 *
 * <p>Every sum has one order, so the result does not depend on the number of threads.
 */
public final class NeighborSearch {

  /** Rows of the bank that are compared at a time: their cosines to one query stay in the cache. */
  private static final int BANK_BLOCK = 256;

  private static final int QUERY_BLOCK = 64;

  private NeighborSearch() {}

  /**
   * The nearest rows of a bank for each query.
   *
   * @param bank rows of equal length
   * @param queries rows of the same length
   * @param k at least 1 and at most the size of the bank
   */
  public static List<Neighbors> nearest(
      List<float[]> bank, List<float[]> queries, int k, int threads) {
    if (k < 1 || k > bank.size()) {
      throw new IllegalArgumentException(
          "k must be at least 1 and at most the size of the bank, %d, but is %d"
              .formatted(bank.size(), k));
    }
    int dim = bank.get(0).length;
    int queryDim = queries.isEmpty() ? dim : queries.get(0).length;
    if (queryDim != dim) {
      throw new IllegalArgumentException(
          "queries must have the bank's %d values a row, but have %d".formatted(dim, queryDim));
    }
    List<float[]> blocks = new ArrayList<>();
    for (int from = 0; from < bank.size(); from += BANK_BLOCK) {
      blocks.add(transposed(bank.subList(from, Math.min(from + BANK_BLOCK, bank.size())), dim));
    }
    List<Future<List<Neighbors>>> parts = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int from = 0; from < queries.size(); from += QUERY_BLOCK) {
        List<float[]> part = queries.subList(from, Math.min(from + QUERY_BLOCK, queries.size()));
        parts.add(pool.submit(() -> search(blocks, bank.size(), part, k)));
      }
      List<Neighbors> all = new ArrayList<>();
      for (Future<List<Neighbors>> part : parts) {
        all.addAll(part.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the search for neighbors failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the search for neighbors was interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static List<Neighbors> search(
      List<float[]> blocks, int bankSize, List<float[]> queries, int k) {
    List<float[]> units = queries.stream().map(NeighborSearch::unit).toList();
    List<TopK> best = queries.stream().map(query -> new TopK(k)).toList();
    float[] cosines = new float[BANK_BLOCK];
    float[] nextCosines = new float[BANK_BLOCK];
    for (int b = 0; b < blocks.size(); b++) {
      int first = b * BANK_BLOCK;
      int rows = Math.min(BANK_BLOCK, bankSize - first);
      for (int q = 0; q < units.size(); q += 2) {
        int next = Math.min(q + 1, units.size() - 1);
        cosines(blocks.get(b), rows, units.get(q), units.get(next), cosines, nextCosines);
        offer(best.get(q), first, rows, cosines);
        if (next > q) {
          offer(best.get(next), first, rows, nextCosines);
        }
      }
    }
    return best.stream().map(TopK::sorted).toList();
  }

  private static void offer(TopK best, int first, int rows, float[] cosines) {
    for (int row = 0; row < rows; row++) {
      best.offer(first + row, cosines[row]);
    }
  }

  /**
   * Two queries against a block, so that each of its values is loaded for both. The inner loops run
   * over rows, which the compiler vectorizes; a sum over the dimension it would not.
   */
  private static void cosines(
      float[] block, int rows, float[] a, float[] b, float[] resultA, float[] resultB) {
    Arrays.fill(resultA, 0, rows, 0f);
    Arrays.fill(resultB, 0, rows, 0f);
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
        float x0 = block[at + row];
        float x1 = block[at + rows + row];
        float x2 = block[at + 2 * rows + row];
        float x3 = block[at + 3 * rows + row];
        resultA[row] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3;
        resultB[row] += b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3;
      }
    }
    for (; d < dim; d++) {
      for (int row = 0; row < rows; row++) {
        float x = block[d * rows + row];
        resultA[row] += a[d] * x;
        resultB[row] += b[d] * x;
      }
    }
  }

  /** Rows of unit length as {@code [dim, rows]}. */
  private static float[] transposed(List<float[]> rows, int dim) {
    float[] block = new float[rows.size() * dim];
    for (int row = 0; row < rows.size(); row++) {
      float[] unit = unit(rows.get(row));
      for (int d = 0; d < dim; d++) {
        block[d * rows.size() + row] = unit[d];
      }
    }
    return block;
  }

  /** The row over its length; a row of zeros stays one. */
  private static float[] unit(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += (double) value * value;
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    float[] unit = new float[row.length];
    for (int d = 0; d < unit.length; d++) {
      unit[d] = (float) (row[d] / length);
    }
    return unit;
  }
}
