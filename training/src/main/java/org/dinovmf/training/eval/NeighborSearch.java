package org.dinovmf.training.eval;

import java.util.ArrayList;
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
    List<RowBlock> blocks = new ArrayList<>();
    for (int from = 0; from < bank.size(); from += RowBlock.SIZE) {
      List<float[]> rows = bank.subList(from, Math.min(from + RowBlock.SIZE, bank.size()));
      blocks.add(RowBlock.of(rows.stream().map(NeighborSearch::unit).toList()));
    }
    List<Future<List<Neighbors>>> parts = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int from = 0; from < queries.size(); from += QUERY_BLOCK) {
        List<float[]> part = queries.subList(from, Math.min(from + QUERY_BLOCK, queries.size()));
        parts.add(pool.submit(() -> search(blocks, part, k)));
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

  private static List<Neighbors> search(List<RowBlock> blocks, List<float[]> queries, int k) {
    List<float[]> units = queries.stream().map(NeighborSearch::unit).toList();
    List<TopK> best = queries.stream().map(query -> new TopK(k)).toList();
    float[] cosines = new float[RowBlock.SIZE];
    float[] nextCosines = new float[RowBlock.SIZE];
    for (int b = 0; b < blocks.size(); b++) {
      int first = b * RowBlock.SIZE;
      int rows = blocks.get(b).rows();
      for (int q = 0; q < units.size(); q += 2) {
        int next = Math.min(q + 1, units.size() - 1);
        blocks.get(b).multiply(units.get(q), units.get(next), cosines, nextCosines);
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
