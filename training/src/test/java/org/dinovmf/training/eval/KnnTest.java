package org.dinovmf.training.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.dinovmf.ops.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnnTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 20, 100, 200})
  void matchesPyTorch(int k) {
    Golden golden = Golden.of(KnnTest.class, "/golden/knn.safetensors");
    JsonNode expected = golden.metadata("expected").get(Integer.toString(k));
    Knn knn = new Knn(rows(golden, "train_features"), labels(golden, "train_labels"), 7);
    Knn.Accuracy found =
        knn.accuracy(rows(golden, "test_features"), labels(golden, "test_labels"), k, 2);
    assertEquals(expected.get("top1").asDouble(), found.top1(), 1e-9);
    assertEquals(expected.get("top5").asDouble(), found.top5(), 1e-9);
  }

  /** More rows than a block has, against a search without blocks. */
  @Test
  void findsTheSameClassesAsAFullSearch() {
    SplittableRandom random = new SplittableRandom(3);
    int size = 5000;
    int dim = 6;
    int classes = 1500;
    float[][] bank = new float[size][dim];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(classes);
      for (int d = 0; d < dim; d++) {
        bank[i][d] = (float) (random.nextDouble() - 0.5);
      }
    }
    float[][] queries = Arrays.copyOfRange(bank, 100, 300);
    int[][] ranked = new Knn(bank, labels, classes).rank(queries, 7, 2);
    for (int q = 0; q < queries.length; q++) {
      double[] cosine = new double[size];
      Integer[] order = new Integer[size];
      for (int i = 0; i < size; i++) {
        order[i] = i;
        cosine[i] = cosine(bank[i], queries[q]);
      }
      Arrays.sort(order, (a, b) -> Double.compare(cosine[b], cosine[a]));
      double[] votes = new double[classes];
      for (int n = 0; n < 7; n++) {
        votes[labels[order[n]]] += Math.exp(cosine[order[n]] / 0.07);
      }
      int best = 0;
      for (int label = 1; label < classes; label++) {
        best = votes[label] > votes[best] ? label : best;
      }
      assertEquals(best, ranked[q][0], "query " + q);
    }
  }

  @Test
  void breaksTiesByPositionAndClass() {
    float[][] bank = {{1, 0}, {2, 0}, {3, 0}, {0, 1}};
    Knn knn = new Knn(bank, new int[] {2, 1, 1, 0}, 3);
    assertArrayEquals(new int[] {2, 0, 1}, knn.rank(new float[][] {{5, 0}}, 1, 1)[0]);
    // Two equal neighbors of different classes: the votes tie, the lower class wins.
    assertArrayEquals(new int[] {1, 2, 0}, knn.rank(new float[][] {{5, 0}}, 2, 1)[0]);
  }

  @Test
  void takesTheWholeBankWhenItIsSmallerThanK() {
    Knn knn = new Knn(new float[][] {{1, 0}, {0, 1}}, new int[] {0, 1}, 2);
    assertEquals(100, knn.accuracy(new float[][] {{2, 1}}, new int[] {0}, 20, 1).top1());
  }

  @Test
  void namesTheRowThatDoesNotFit() {
    Knn knn = new Knn(new float[][] {{1, 0}}, new int[] {0}, 1);
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> knn.rank(new float[][] {{1, 2, 3}}, 1, 1));
    assertEquals("every row must have 2 values, but one has 3", e.getMessage());
  }

  @Test
  void refusesALabelOutsideOfTheClasses() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Knn(new float[][] {{1, 0}}, new int[] {4}, 2));
    assertEquals("labels must be in [0, 2) but one is 4", e.getMessage());
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int d = 0; d < a.length; d++) {
      ab += (double) a[d] * b[d];
      aa += (double) a[d] * a[d];
      bb += (double) b[d] * b[d];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static float[][] rows(Golden golden, String name) {
    int dim = (int) golden.shape(name).get(1);
    double[] values = golden.values(name);
    float[][] rows = new float[values.length / dim][dim];
    for (int i = 0; i < values.length; i++) {
      rows[i / dim][i % dim] = (float) values[i];
    }
    return rows;
  }

  private static int[] labels(Golden golden, String name) {
    return Arrays.stream(golden.values(name)).mapToInt(value -> (int) value).toArray();
  }
}
