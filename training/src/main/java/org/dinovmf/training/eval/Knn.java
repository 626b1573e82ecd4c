package org.dinovmf.training.eval;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Weighted nearest-neighbor classification as DINO evaluates it: each of the k neighbors of highest
 * cosine votes for its class with weight {@code exp(cosine / 0.07)}; Wu et al., "Unsupervised
 * Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.4.
 *
 * <p>The bank is scanned in blocks with a running best-k for each query, so memory does not grow
 * with the product of the two sets, and any number of classes will do. Ties go to the lower
 * position in the bank and to the lower class. Immutable.
 */
public final class Knn {

  private static final double TEMPERATURE = 0.07;
  private static final int TOP = 5;

  /** Bank rows of a block: their similarities to one query fit the first-level cache. */
  private static final int BLOCK = 2048;

  /** Queries of one task. */
  private static final int CHUNK = 64;

  /**
   * Share of queries whose class is the first, or among the first five, by votes; percent.
   *
   * @param queries how many there were
   */
  public record Accuracy(double top1, double top5, int queries) {}

  private final int dim;
  private final int size;
  private final int[] labels;
  private final int numClasses;

  /** Blocks of the bank, each {@code [dim][rows]}, so that the inner loop runs over rows. */
  private final float[][] blocks;

  /**
   * A bank of neighbors.
   *
   * @param features {@code [size][dim]}, of any length but 0; normalized here
   * @param labels of each row, in [0, numClasses)
   * @throws IllegalArgumentException if there is no row, or rows and labels do not fit
   */
  public Knn(float[][] features, int[] labels, int numClasses) {
    if (features.length == 0 || features.length != labels.length) {
      throw new IllegalArgumentException(
          "a bank needs at least one row and a label for each: %d rows, %d labels"
              .formatted(features.length, labels.length));
    }
    for (int label : labels) {
      if (label < 0 || label >= numClasses) {
        throw new IllegalArgumentException(
            "labels must be in [0, %d) but one is %d".formatted(numClasses, label));
      }
    }
    this.dim = features[0].length;
    this.size = features.length;
    this.labels = labels.clone();
    this.numClasses = numClasses;
    this.blocks = new float[(size + BLOCK - 1) / BLOCK][];
    for (int b = 0; b < blocks.length; b++) {
      int first = b * BLOCK;
      int rows = Math.min(BLOCK, size - first);
      blocks[b] = new float[dim * rows];
      for (int row = 0; row < rows; row++) {
        float[] unit = unit(features[first + row]);
        for (int d = 0; d < dim; d++) {
          blocks[b][d * rows + row] = unit[d];
        }
      }
    }
  }

  /**
   * Classifies queries and compares with what they are.
   *
   * @param k neighbors, at least 1; the whole bank if it is smaller
   * @param threads that share the queries
   */
  public Accuracy accuracy(float[][] queries, int[] queryLabels, int k, int threads) {
    if (queries.length == 0 || queries.length != queryLabels.length) {
      throw new IllegalArgumentException(
          "there must be at least one query and a label for each: %d queries, %d labels"
              .formatted(queries.length, queryLabels.length));
    }
    int[][] ranked = rank(queries, k, threads);
    int first = 0;
    int among = 0;
    for (int i = 0; i < ranked.length; i++) {
      int label = queryLabels[i];
      first += ranked[i][0] == label ? 1 : 0;
      among += Arrays.stream(ranked[i]).anyMatch(found -> found == label) ? 1 : 0;
    }
    return new Accuracy(
        100.0 * first / ranked.length, 100.0 * among / ranked.length, ranked.length);
  }

  /**
   * The classes with the most votes, most first.
   *
   * @param queries {@code [count][dim]}
   * @return {@code [count][min(5, numClasses)]}
   */
  public int[][] rank(float[][] queries, int k, int threads) {
    if (k < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "k and threads must be at least 1: k=%d, threads=%d".formatted(k, threads));
    }
    int[][] ranked = new int[queries.length][];
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<? extends Future<?>> chunks =
          IntStream.range(0, (queries.length + CHUNK - 1) / CHUNK)
              .mapToObj(chunk -> pool.submit(() -> rankChunk(queries, chunk, k, ranked)))
              .toList();
      for (Future<?> chunk : chunks) {
        chunk.get();
      }
      return ranked;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while searching neighbors", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException fault) {
        throw fault;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private void rankChunk(float[][] queries, int chunk, int k, int[][] ranked) {
    float[] similarity = new float[BLOCK];
    int end = Math.min(queries.length, (chunk + 1) * CHUNK);
    for (int i = chunk * CHUNK; i < end; i++) {
      ranked[i] = vote(nearest(unit(queries[i]), Math.min(k, size), similarity));
    }
  }

  private Best nearest(float[] query, int k, float[] similarity) {
    Best best = new Best(k);
    for (int b = 0; b < blocks.length; b++) {
      float[] block = blocks[b];
      int rows = block.length / dim;
      Arrays.fill(similarity, 0, rows, 0);
      for (int d = 0; d < dim; d++) {
        float weight = query[d];
        int offset = d * rows;
        for (int row = 0; row < rows; row++) {
          similarity[row] += weight * block[offset + row];
        }
      }
      for (int row = 0; row < rows; row++) {
        if (best.count < k || similarity[row] > best.worst()) {
          best.add(similarity[row], b * BLOCK + row);
        }
      }
    }
    return best;
  }

  private int[] vote(Best best) {
    double[] votes = new double[numClasses];
    for (int i = 0; i < best.count; i++) {
      votes[labels[best.positions[i]]] += Math.exp(best.similarities[i] / TEMPERATURE);
    }
    int[] ranked = new int[Math.min(TOP, numClasses)];
    boolean[] isTaken = new boolean[numClasses];
    for (int rank = 0; rank < ranked.length; rank++) {
      int winner = -1;
      for (int label = 0; label < numClasses; label++) {
        if (!isTaken[label] && (winner < 0 || votes[label] > votes[winner])) {
          winner = label;
        }
      }
      isTaken[winner] = true;
      ranked[rank] = winner;
    }
    return ranked;
  }

  private float[] unit(float[] row) {
    if (row.length != dim) {
      throw new IllegalArgumentException(
          "every row must have %d values, but one has %d".formatted(dim, row.length));
    }
    double square = 0;
    for (float value : row) {
      square += (double) value * value;
    }
    float[] unit = new float[dim];
    double scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (int d = 0; d < dim; d++) {
      unit[d] = (float) (row[d] * scale);
    }
    return unit;
  }

  /** The best k so far in falling order; among equals the one found first stays ahead. */
  private static final class Best {

    final float[] similarities;
    final int[] positions;
    int count;

    Best(int k) {
      similarities = new float[k];
      positions = new int[k];
    }

    float worst() {
      return similarities[count - 1];
    }

    void add(float similarity, int position) {
      int at = count < positions.length ? count++ : count - 1;
      while (at > 0 && similarities[at - 1] < similarity) {
        similarities[at] = similarities[at - 1];
        positions[at] = positions[at - 1];
        at--;
      }
      similarities[at] = similarity;
      positions[at] = position;
    }
  }
}
