package org.dinovmf.training.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NeighborSearchTest {

  /** Sizes on both sides of the blocks', and dimensions that four does not divide. */
  @ParameterizedTest(name = "bank {0}, queries {1}, dim {2}, k {3}")
  @CsvSource({"1,1,1,1", "255,65,5,3", "256,64,8,256", "600,130,7,20", "700,3,12,700"})
  void findsWhatSortingFinds(int bankSize, int queryCount, int dim, int k) {
    SplittableRandom random = new SplittableRandom(bankSize);
    List<float[]> bank = rows(random, bankSize, dim);
    List<float[]> queries = rows(random, queryCount, dim);
    List<Neighbors> found = NeighborSearch.nearest(bank, queries, k, 2);
    assertEquals(queryCount, found.size());
    for (int q = 0; q < queryCount; q++) {
      float[] query = queries.get(q);
      double[] cosines = bank.stream().mapToDouble(row -> cosine(row, query)).toArray();
      List<Integer> sorted =
          IntStream.range(0, bankSize)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -cosines[i]))
              .toList();
      assertEquals(k, found.get(q).size());
      for (int place = 0; place < k; place++) {
        // By cosine, not by row: rounding may swap neighbors that are equally near.
        assertEquals(
            cosines[sorted.get(place)], found.get(q).cosine(place), 1e-6, "place " + place);
        assertEquals(cosines[found.get(q).row(place)], found.get(q).cosine(place), 1e-6);
      }
    }
  }

  @Test
  void keepsBankOrderAmongEquals() {
    List<float[]> bank = IntStream.range(0, 1000).mapToObj(i -> new float[] {1 + i % 3}).toList();
    Neighbors found = NeighborSearch.nearest(bank, List.of(new float[] {2}), 600, 1).get(0);
    for (int place = 0; place < 600; place++) {
      assertEquals(place, found.row(place));
    }
  }

  @Test
  void givesTheSameForAnyNumberOfThreads() {
    SplittableRandom random = new SplittableRandom(5);
    List<float[]> bank = rows(random, 700, 33);
    List<float[]> queries = rows(random, 200, 33);
    List<Neighbors> one = NeighborSearch.nearest(bank, queries, 10, 1);
    List<Neighbors> four = NeighborSearch.nearest(bank, queries, 10, 4);
    for (int q = 0; q < queries.size(); q++) {
      for (int place = 0; place < 10; place++) {
        assertEquals(one.get(q).row(place), four.get(q).row(place));
        assertEquals(one.get(q).cosine(place), four.get(q).cosine(place));
      }
    }
  }

  @Test
  void givesARowOfZerosTheCosineZero() {
    Neighbors found =
        NeighborSearch.nearest(
                List.of(new float[] {0, 0}, new float[] {0, -1}), List.of(new float[] {0, 2}), 2, 1)
            .get(0);
    assertEquals(0, found.row(0));
    assertEquals(0f, found.cosine(0));
    assertEquals(-1f, found.cosine(1));
  }

  @Test
  void rejectsMoreNeighborsThanRows() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () -> NeighborSearch.nearest(List.of(new float[] {1}), List.of(), 2, 1));
    assertEquals(
        "k must be at least 1 and at most the size of the bank, 1, but is 2", fault.getMessage());
  }

  private static List<float[]> rows(SplittableRandom random, int count, int dim) {
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[dim];
      for (int d = 0; d < dim; d++) {
        row[d] = (float) random.nextDouble(-1, 1);
      }
      rows.add(row);
    }
    return rows;
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int d = 0; d < a.length; d++) {
      product += (double) a[d] * b[d];
      squaresA += (double) a[d] * a[d];
      squaresB += (double) b[d] * b[d];
    }
    return product / Math.sqrt(squaresA * squaresB);
  }
}
