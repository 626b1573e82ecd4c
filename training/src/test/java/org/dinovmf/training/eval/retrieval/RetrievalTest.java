package org.dinovmf.training.eval.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.dinovmf.training.Devices;
import org.dinovmf.training.eval.EvalGolden;
import org.dinovmf.training.eval.LabeledFeatures;
import org.junit.jupiter.api.Test;

final class RetrievalTest {

  /** Images 0 to 5, less and less similar to the first query; more and more to the second. */
  private static List<float[]> database() {
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      rows.add(new float[] {(float) Math.cos(0.2 * i), (float) Math.sin(0.2 * i)});
    }
    return rows;
  }

  private static final List<float[]> QUERIES = List.of(new float[] {3, 0}, new float[] {0, 1});

  private static final List<Relevance> RELEVANCE =
      List.of(
          new Relevance(List.of(1, 4), List.of(2), List.of(0)),
          new Relevance(List.of(5), List.of(), List.of()));

  /**
   * The first query ranks 0 1 2 3 4 5. Easy, without 0 and 2: positives at 1 and 3 of 1 3 4 5, so
   * ((1 + 1) / 2 + (1/2 + 2/3) / 2) / 2 = 19/24. The second finds its only one at once.
   */
  @Test
  void scoresTheEasyOnes() {
    RetrievalScores scores = scores(Difficulty.EASY);
    assertEquals(2, scores.queries());
    assertEquals(100 * (19.0 / 24 + 1) / 2, scores.map(), 1e-9);
    assertEquals(100, scores.precisionAt1(), 1e-9);
    // Up to the last positive, at 3, two of three are right.
    assertEquals(100 * (2.0 / 3 + 1) / 2, scores.precisionAt5(), 1e-9);
    assertEquals(100 * (2.0 / 3 + 1) / 2, scores.precisionAt10(), 1e-9);
  }

  /** Without 0: positives at 1, 2 and 4 of 1 2 3 4 5: (1 + 1 + (2/3 + 3/4) / 2) / 3 = 65/72. */
  @Test
  void scoresTheMediumOnes() {
    RetrievalScores scores = scores(Difficulty.MEDIUM);
    assertEquals(100 * (65.0 / 72 + 1) / 2, scores.map(), 1e-9);
    assertEquals(100 * (3.0 / 4 + 1) / 2, scores.precisionAt5(), 1e-9);
  }

  /** Without 0, 1 and 4, image 2 comes first; the second query has nothing hard to find. */
  @Test
  void scoresTheHardOnesAndLeavesOutAQueryWithoutAny() {
    assertEquals(new RetrievalScores(1, 100, 100, 100, 100), scores(Difficulty.HARD));
  }

  /** A positive at 2 of 3: (0 + 1/2) / 2 = 1/4. */
  @Test
  void beginsWithAPrecisionOfZeroBelowTheFirstPlace() {
    RetrievalScores scores =
        Retrieval.revisited(
            database().subList(0, 3),
            List.of(QUERIES.get(0)),
            List.of(new Relevance(List.of(1), List.of(), List.of())),
            Difficulty.EASY,
            1);
    assertEquals(25, scores.map(), 1e-9);
    assertEquals(0, scores.precisionAt1());
    assertEquals(50, scores.precisionAt5(), 1e-9);
  }

  @Test
  void findsImagesOfTheSameClass() {
    LabeledFeatures images = new LabeledFeatures(database(), List.of(0, 0, 1, 0, 1, 2));
    LabeledFeatures queries =
        new LabeledFeatures(
            List.of(QUERIES.get(0), QUERIES.get(0), QUERIES.get(1)), List.of(0, 9, 2));
    // Positives at 1, 2, 4; class 9 has none; class 2 is found at once.
    RetrievalScores scores = Retrieval.byClass(images, queries, 2);
    assertEquals(2, scores.queries());
    assertEquals(100 * (65.0 / 72 + 1) / 2, scores.map(), 1e-9);
  }

  /** Image 0 finds 1 and 3, at 1 and 3 of the others; class 2 has no second image. */
  @Test
  void leavesTheQueryOutAmongItsOwn() {
    LabeledFeatures images =
        new LabeledFeatures(
            List.of(new float[] {1, 0}, new float[] {1, 0.1f}, new float[] {1, 0.3f}),
            List.of(0, 1, 0));
    // 0 ranks 1 2, 2 ranks 1 0: for both the positive is at 2.
    assertEquals(new RetrievalScores(2, 25, 0, 50, 50), Retrieval.amongThemselves(images, 1));
  }

  @Test
  void detectsCopiesAmongTheNearestTwenty() {
    List<float[]> rows = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      rows.add(new float[] {(float) Math.cos(0.05 * i), (float) Math.sin(0.05 * i)});
      ids.add("d" + i);
    }
    List<float[]> copies = List.of(QUERIES.get(0), QUERIES.get(0), QUERIES.get(0));
    // Places 2 and 21, and one that has no original.
    RetrievalScores scores =
        CopyDetection.evaluate(rows, ids, copies, List.of("d1", "d20", "other"), 1);
    assertEquals(2, scores.queries());
    assertEquals(25.0 / 2, scores.map(), 1e-9);
  }

  @Test
  void whitensAsNumPyDoes() {
    JsonNode golden = EvalGolden.cases("whitening").get(0);
    List<float[]> rows = new ArrayList<>();
    for (double[] row : EvalGolden.matrix(golden.get("rows"))) {
      float[] floats = new float[row.length];
      for (int d = 0; d < row.length; d++) {
        floats[d] = (float) row[d];
      }
      rows.add(floats);
    }
    Whitening whitening = Whitening.learn(rows, Devices.session(1, false));
    double[][] products = EvalGolden.matrix(golden.get("products"));
    for (int i = 0; i < products.length; i++) {
      float[] a = whitening.apply(rows.get(i));
      for (int j = 0; j < products.length; j++) {
        float[] b = whitening.apply(rows.get(j));
        double product = 0;
        for (int d = 0; d < a.length; d++) {
          product += (double) a[d] * b[d];
        }
        // Rows are rounded to float32 once.
        assertEquals(products[i][j], product, 1e-5, i + ", " + j);
      }
    }
  }

  @Test
  void rejectsAQueryWithoutAnAnswer() {
    assertEquals(
        "every query must say what is relevant: 2 queries, 1 answers",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Retrieval.revisited(
                        database(), QUERIES, RELEVANCE.subList(0, 1), Difficulty.EASY, 1))
            .getMessage());
  }

  private static RetrievalScores scores(Difficulty difficulty) {
    return Retrieval.revisited(database(), QUERIES, RELEVANCE, difficulty, 2);
  }
}
