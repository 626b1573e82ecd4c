package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.dinovmf.tools.demo.DemoTable.Row;
import org.junit.jupiter.api.Test;

class DemoTableTest {

  private static final Row RAW = new Row("raw pixels", 80, 36);
  private static final Row UNTRAINED = new Row("untrained encoder", 59, 19);

  @Test
  void aWorkingRunMissesNoGate() {
    assertEquals(List.of(), table(69, 39.1).missedGates());
  }

  @Test
  void namesEveryGateThatWasMissed() {
    assertEquals(
        List.of(
            "trained beats untrained as they are by 9.9 points, but at least 10 were expected",
            "trained beats untrained on moved images by 17.0 points, but at least 20 were expected",
            "trained beats raw pixels on moved images by 0.0 points, but at least 0 were expected"),
        table(68.9, 36).missedGates());
  }

  @Test
  void anAccuracyThatIsNotANumberMissesItsGates() {
    assertEquals(3, table(Double.NaN, Double.NaN).missedGates().size());
  }

  @Test
  void printsOneLineForEachKindOfFeatures() {
    List<String> lines = table(73, 44).lines();
    assertEquals("20-NN accuracy, %     as they are    moved", lines.get(0));
    assertEquals("trained teacher              73.0     44.0", lines.get(3));
  }

  private static DemoTable table(double asTheyAre, double moved) {
    return new DemoTable(RAW, UNTRAINED, new Row("trained teacher", asTheyAre, moved));
  }
}
