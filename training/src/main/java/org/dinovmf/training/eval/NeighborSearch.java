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
  private static final int BANK_BLOCK = 512;

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
        parts.add(pool.submit(() -> search(blocks, bank.size(), dim, part, k)));
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
      List<float[]> blocks, int bankSize, int dim, List<float[]> queries, int k) {
    List<float[]> units = queries.stream().map(NeighborSearch::unit).toList();
    List<TopK> best = queries.stream().map(query -> new TopK(k)).toList();
    float[] cosines = new float[BANK_BLOCK];
    for (int b = 0; b < blocks.size(); b++) {
      int first = b * BANK_BLOCK;
      int rows = Math.min(BANK_BLOCK, bankSize - first);
      for (int q = 0; q < units.size(); q++) {
        cosines(blocks.get(b), rows, dim, units.get(q), cosines);
        TopK top = best.get(q);
        for (int row = 0; row < rows; row++) {
          top.offer(first + row, cosines[row]);
        }
      }
    }
    return best.stream().map(TopK::sorted).toList();
  }

  /** One query against a block; the inner loops run over rows, which the compiler vectorizes. */
  private static void cosines(float[] block, int rows, int dim, float[] query, float[] result) {
    Arrays.fill(result, 0, rows, 0f);
    int d = 0;
    for (; d + 4 <= dim; d += 4) {
      float q0 = query[d];
      float q1 = query[d + 1];
      float q2 = query[d + 2];
      float q3 = query[d + 3];
      int at = d * rows;
      for (int row = 0; row < rows; row++) {
        result[row] +=
            q0 * block[at + row]
                + q1 * block[at + rows + row]
                + q2 * block[at + 2 * rows + row]
                + q3 * block[at + 3 * rows + row];
      }
    }
    for (; d < dim; d++) {
      for (int row = 0; row < rows; row++) {
        result[row] += query[d] * block[d * rows + row];
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
