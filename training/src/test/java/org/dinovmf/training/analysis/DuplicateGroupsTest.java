package org.dinovmf.training.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;

class DuplicateGroupsTest {

  @Test
  void matchesNumpy() throws IOException {
    PrototypeGolden golden = new PrototypeGolden();
    DuplicateGroups groups =
        DuplicateGroups.of(
            golden.mixture(PrototypeKind.FREE).directions(),
            golden.get("threshold").doubleValue(),
            2);
    JsonNode expected = golden.get("groups");
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).intValue(), groups.representative(i), "prototype " + i);
    }
    assertEquals(9, groups.unique());
    assertEquals(1, groups.largest());
    assertEquals(3, groups.sizeOf(7));
    assertEquals(1, groups.sizeOf(0));
  }

  /** At 0, 20 and 40 degrees: components would chain all three, 1 - cos 20 being 0.0603. */
  @Test
  void aMemberIsNearTheOneThatStandsForIt() {
    List<float[]> directions = List.of(at(0), at(20), at(40));
    DuplicateGroups groups = DuplicateGroups.of(directions, 0.07, 1);
    assertEquals(2, groups.unique());
    assertEquals(0, groups.representative(1));
    assertEquals(2, groups.representative(2));
  }

  /** Groups reach over the blocks of the scan. */
  @Test
  void blocksMakeNoDifference() {
    SplittableRandom random = new SplittableRandom(2);
    List<float[]> few = List.of(PrototypeMixtureTest.unit(random, 1500, 40));
    List<float[]> twice = new ArrayList<>(few);
    twice.addAll(few);
    DuplicateGroups groups = DuplicateGroups.of(twice, 1e-5, 2);
    assertEquals(1500, groups.unique());
    for (int i = 0; i < 3000; i++) {
      assertEquals(i % 1500, groups.representative(i));
      assertEquals(2, groups.sizeOf(i));
    }
  }

  @Test
  void refusesAThresholdThatGroupsNothing() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> DuplicateGroups.of(List.of(at(0)), 0, 1));
    assertEquals(
        "groups need directions and a threshold above 0 and at most 2: 1 directions, threshold 0.0",
        e.getMessage());
  }

  private static float[] at(double degrees) {
    double angle = Math.toRadians(degrees);
    return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
  }
}
