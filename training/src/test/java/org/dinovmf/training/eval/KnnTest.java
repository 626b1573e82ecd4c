package org.dinovmf.training.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.ops.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KnnTest {

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 3})
  void matchesTheReferenceForEveryK(int threads) {
    Golden golden = Golden.reference(KnnTest.class, "knn");
    JsonNode expected = golden.metadata("expected");
    List<Integer> ks = new ArrayList<>();
    expected.fieldNames().forEachRemaining(k -> ks.add(Integer.valueOf(k)));
    List<KnnAccuracy> found =
        Knn.evaluate(
            features(golden, "train"),
            features(golden, "test"),
            new KnnConfig(ks, golden.metadata("temperature").doubleValue(), threads));
    for (int i = 0; i < ks.size(); i++) {
      assertEquals(ks.get(i), found.get(i).k());
      // Both are a count over 60 queries; the order of the two operations moves the last digit.
      JsonNode wanted = expected.get(ks.get(i).toString());
      assertEquals(wanted.get("top1").doubleValue(), found.get(i).top1(), 1e-9, "k=" + ks.get(i));
      assertEquals(wanted.get("top5").doubleValue(), found.get(i).top5(), 1e-9, "k=" + ks.get(i));
    }
  }

  @Test
  void weighsNearNeighborsMore() {
    // By number class 1 would win two to one.
    LabeledFeatures bank = bank(new float[][] {{1, 0}, {0.6f, 0.8f}, {0.6f, -0.8f}}, 0, 1, 1);
    LabeledFeatures query = bank(new float[][] {{5, 0}}, 0);
    assertEquals(100, only(Knn.evaluate(bank, query, KnnConfig.published(List.of(3), 1))).top1());
    assertEquals(0, only(Knn.evaluate(bank, query, new KnnConfig(List.of(3), 10, 1))).top1());
  }

  /** Two pairs and one between them, each of which would find itself first. */
  @Test
  void leavesEachRowOutOfItsOwnVote() {
    LabeledFeatures rows =
        bank(new float[][] {{1, 0}, {1, 0.1f}, {0, 1}, {0.1f, 1}, {1, 0.2f}}, 0, 0, 1, 1, 1);
    assertArrayEquals(
        new boolean[] {true, false, true, true, false}, Knn.leaveOneOut(rows, 1, 0.07, 1));
    LabeledFeatures alone = bank(new float[][] {{1, 0}}, 0);
    assertArrayEquals(new boolean[] {false}, Knn.leaveOneOut(alone, 3, 0.07, 1));
  }

  @Test
  void namesTheClassOfEachQuery() {
    LabeledFeatures bank = bank(new float[][] {{1, 0}, {0.6f, 0.8f}, {0.6f, -0.8f}}, 7, 1, 1);
    LabeledFeatures queries = bank(new float[][] {{5, 0}, {0, 1}}, 0, 0);
    KnnConfig config = new KnnConfig(List.of(1), 10, 1);
    assertArrayEquals(new int[] {7, 1}, Knn.classify(bank, queries, 1, config));
    assertArrayEquals(new int[] {1, 1}, Knn.classify(bank, queries, 99, config));
  }

  @Test
  void givesTheLowerClassATie() {
    LabeledFeatures bank = bank(new float[][] {{0, 1}, {0, 1}}, 4, 2);
    KnnConfig config = KnnConfig.published(List.of(2), 1);
    assertEquals(100, only(Knn.evaluate(bank, bank(new float[][] {{0, 1}}, 2), config)).top1());
    assertEquals(0, only(Knn.evaluate(bank, bank(new float[][] {{0, 1}}, 4), config)).top1());
  }

  @Test
  void takesTheEarlierOfEquallyNearNeighbors() {
    LabeledFeatures bank = bank(new float[][] {{0, 1}, {0, 1}}, 4, 2);
    KnnConfig config = KnnConfig.published(List.of(1), 1);
    assertEquals(100, only(Knn.evaluate(bank, bank(new float[][] {{0, 1}}, 4), config)).top1());
  }

  /** Classes 0 to 3 have no vote and come after the voted 6, in the order of their numbers. */
  @Test
  void fillsTheFirstFiveWithUnvotedClasses() {
    LabeledFeatures bank = bank(new float[][] {{0, 1}}, 6);
    KnnConfig config = KnnConfig.published(List.of(1), 1);
    assertEquals(100, only(Knn.evaluate(bank, bank(new float[][] {{0, 1}}, 3), config)).top5());
    assertEquals(0, only(Knn.evaluate(bank, bank(new float[][] {{0, 1}}, 4), config)).top5());
  }

  @Test
  void countsAClassThatTheBankCannotKnowAsWrong() {
    LabeledFeatures bank = bank(new float[][] {{0, 1}}, 0);
    KnnAccuracy found =
        only(
            Knn.evaluate(
                bank,
                bank(new float[][] {{0, 1}, {0, 1}}, 1, 0),
                KnnConfig.published(List.of(1), 1)));
    assertEquals(new KnnAccuracy(1, 50, 50), found);
  }

  @Test
  void takesMoreNeighborsThanThereAreAndManyClasses() {
    LabeledFeatures bank = bank(new float[][] {{0, 1}, {1, 0}}, 2_000_000_000, 7);
    LabeledFeatures query = bank(new float[][] {{0.1f, 1}}, 2_000_000_000);
    assertEquals(
        new KnnAccuracy(50, 100, 100),
        only(Knn.evaluate(bank, query, KnnConfig.published(List.of(50), 2))));
  }

  @Test
  void rejectsQueriesOfAnotherWidth() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Knn.evaluate(
                    bank(new float[][] {{1, 2, 3}}, 0),
                    bank(new float[][] {{1, 2}}, 0),
                    KnnConfig.published(List.of(1), 1)));
    assertEquals("queries must have the bank's 3 values a row, but have 2", fault.getMessage());
  }

  @Test
  void rejectsTheRowOfABadImage() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () -> bank(new float[][] {{1, 2}, {1, Float.NaN}}, 0, 0));
    assertEquals(
        "features must be finite, but row 1 holds NaN; leave bad images out", fault.getMessage());
  }

  @Test
  void rejectsConfigurationsWithoutSense() {
    assertEquals(
        "every k must be at least 1, and one is needed: [20, 0]",
        assertThrows(IllegalArgumentException.class, () -> KnnConfig.published(List.of(20, 0), 1))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new KnnConfig(List.of(1), Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> new KnnConfig(List.of(1), 1, 0));
  }

  private static LabeledFeatures features(Golden golden, String part) {
    double[] values = golden.values(part + "_features");
    double[] labels = golden.values(part + "_labels");
    int dim = values.length / labels.length;
    List<float[]> rows = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      float[] row = new float[dim];
      for (int d = 0; d < dim; d++) {
        row[d] = (float) values[i * dim + d];
      }
      rows.add(row);
      classes.add((int) labels[i]);
    }
    return new LabeledFeatures(rows, classes);
  }

  private static LabeledFeatures bank(float[][] rows, Integer... labels) {
    return new LabeledFeatures(List.of(rows), List.of(labels));
  }

  private static KnnAccuracy only(List<KnnAccuracy> accuracies) {
    assertEquals(1, accuracies.size());
    return accuracies.get(0);
  }
}
