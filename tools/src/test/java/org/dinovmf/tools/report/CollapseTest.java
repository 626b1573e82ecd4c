package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollapseTest {

  private static final double LN_K = Math.log(4);

  private final Collapse collapse = new Collapse(1); // 100 steps
  private final List<String> warnings = new ArrayList<>();

  @Test
  void namesAUniformTeacherOnce() {
    watch(100, Collapse.WINDOW - 1, LN_K, LN_K);
    assertEquals(List.of(), warnings);
    watch(120, 3 * Collapse.WINDOW, LN_K, LN_K);
    assertEquals(
        List.of(
            "warning: the teacher is uniform (entropy 1.386 of ln K = 1.386), so the loss stays at ln K and nothing is learned; lower the teacher temperature (now 0.070; 0.02 has helped), lengthen the warm-up, or take fewer prototypes (now 4)"),
        warnings);
  }

  @Test
  void namesOnePrototypeForAllOnce() {
    watch(100, 3 * Collapse.WINDOW, 0.01 * LN_K / 2, 0.001);
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.get(0).startsWith("warning: the teacher gives all images the same prototype"),
        warnings.get(0));
  }

  @Test
  void passesOverTheWarmup() {
    watch(1, 99, LN_K, LN_K);
    assertEquals(List.of(), warnings);
  }

  @Test
  void needsReportsInARow() {
    for (int i = 0; i < 5; i++) {
      watch(100, Collapse.WINDOW - 1, LN_K, LN_K);
      watch(100, 1, 1, 0.5);
    }
    assertEquals(List.of(), warnings);
  }

  @Test
  void trustsATeacherBelowTheBound() {
    watch(100, 2 * Collapse.WINDOW, LN_K, 0.989 * LN_K);
    assertEquals(List.of(), warnings);
  }

  @Test
  void sureTeacherOfDifferentImagesIsNoCollapse() {
    watch(100, 2 * Collapse.WINDOW, 0.5, 0);
    assertEquals(List.of(), warnings);
  }

  @Test
  void namesBothModesOfOneRun() {
    watch(100, Collapse.WINDOW, LN_K, LN_K);
    watch(200, Collapse.WINDOW, 0, 0);
    assertEquals(2, warnings.size());
  }

  private void watch(long step, int reports, double loss, double entropy) {
    for (int i = 0; i < reports; i++) {
      collapse.watch(Reports.of(step, loss, entropy)).ifPresent(warnings::add);
    }
  }
}
