package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import org.dinovmf.graph.DropPath;
import org.dinovmf.ops.Tensors;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * Random choices against 100,000 draws of the published rules by another program, whose tables
 * distributions.py writes: Kolmogorov and Smirnov's test for continuous numbers, chi-square for
 * counts, each at 1e-3. All seeds are fixed, so the outcome is too.
 */
class DistributionTest {

  private static final int DRAWS = 100_000;
  private static final long SEED = 1;

  /** {@code sqrt(-ln(0.001 / 2) / 2)}: the two-sample statistic's bound over sqrt(1/n + 1/m). */
  private static final double KOLMOGOROV = 1.9495;

  /** Quantile of the normal distribution at 1 - 0.001, for Wilson and Hilferty's approximation. */
  private static final double NORMAL = 3.0902;

  /** Rarer outcomes than this, in both samples together, are counted as one. */
  private static final int RARE = 20;

  private static JsonNode tables;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in =
        DistributionTest.class.getResourceAsStream("/golden/distributions.json")) {
      tables = new ObjectMapper().readTree(in);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "photo-global, 500, 375, 0.25, 1",
    "photo-local, 500, 375, 0.05, 0.4",
    "narrow-global, 150, 400, 0.4, 1"
  })
  void crops(String name, int width, int height, double minScale, double maxScale) {
    Crop crop = new Crop(8, minScale, maxScale);
    MultiCropConfig dino = MultiCropConfig.dino();
    Region[] regions = new Region[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      regions[i] =
          Region.random(width, height, crop, dino.minAspect(), dino.maxAspect(), random(i, 0));
    }
    String table = "crop " + name;
    double all = (double) width * height;
    assertSameValues(table + " area", i -> regions[i].width() * regions[i].height() / all);
    assertSameValues(table + " aspect", i -> regions[i].width() / (double) regions[i].height());
    assertSameValues(table + " top", i -> share(regions[i].top(), height - regions[i].height()));
    assertSameValues(table + " left", i -> share(regions[i].left(), width - regions[i].width()));
  }

  private static double share(int value, int most) {
    return most == 0 ? 0 : value / (double) most;
  }

  @Test
  void jitter() {
    JitterDraws[] draws = new JitterDraws[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      draws[i] = JitterDraws.draw(MultiCropConfig.dino().jitter(), random(i, 0));
    }
    assertSameCounts(
        "jitter order",
        i -> draws[i].order().stream().map(Enum::name).collect(Collectors.joining(" ")));
    assertSameValues("jitter brightness", i -> draws[i].brightness());
    assertSameValues("jitter contrast", i -> draws[i].contrast());
    assertSameValues("jitter saturation", i -> draws[i].saturation());
    assertSameValues("jitter hue", i -> draws[i].hue());
  }

  /** How often each combination of operations happens, which shows that they are independent. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void operations(int view) {
    CropDraws[] draws = new CropDraws[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      draws[i] = CropDraws.draw(MultiCropConfig.dino(), view, 50, 40, random(i, view));
    }
    assertSameCounts(
        "operations of view " + view,
        i ->
            (draws[i].isMirrored() ? "m" : "")
                + (draws[i].jitter().isPresent() ? "j" : "")
                + (draws[i].isGray() ? "g" : "")
                + (draws[i].blurRadius().isPresent() ? "b" : "")
                + (draws[i].isSolarized() ? "s" : ""));
    if (view == 0) {
      assertSameValues("blur radius", i -> draws[i].blurRadius().orElseThrow());
    }
  }

  @ParameterizedTest
  @CsvSource({"BLOCK, 14", "BLOCK, 7", "RANDOM, 14"})
  void masks(MaskShape shape, int grid) {
    MaskConfig ibot = MaskConfig.ibot();
    MaskPlan plan = new MaskPlan(new MaskConfig(shape, ibot.ratios(), ibot.variations()), grid, 0);
    MaskForm[] forms = new MaskForm[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      byte[] mask = new byte[plan.patches()];
      plan.draw(SEED, i, "x", 0, mask, 0);
      forms[i] = MaskForm.of(mask, grid);
    }
    String table = "mask %s %d ".formatted(shape.label(), grid);
    assertSameCounts(table + "count", i -> forms[i].count());
    assertSameCounts(table + "rows", i -> forms[i].rows());
    assertSameCounts(table + "columns", i -> forms[i].columns());
    assertSameCounts(table + "across", i -> forms[i].across());
    assertSameCounts(table + "down", i -> forms[i].down());
    assertSameCounts(table + "first", i -> forms[i].first());
  }

  /**
   * What a mask looks like.
   *
   * @param rows that hold a masked patch
   * @param columns that hold one
   * @param across edges between a masked patch and one that is not, side by side
   * @param down the same, one over the other
   * @param first masked patch, -1 for none
   */
  private record MaskForm(int count, int rows, int columns, int across, int down, int first) {

    static MaskForm of(byte[] mask, int grid) {
      int count = 0;
      int across = 0;
      int down = 0;
      int first = -1;
      Set<Integer> rows = new HashSet<>();
      Set<Integer> columns = new HashSet<>();
      for (int i = 0; i < mask.length; i++) {
        if (mask[i] == 1) {
          count++;
          rows.add(i / grid);
          columns.add(i % grid);
          first = first < 0 ? i : first;
        }
        across += i % grid < grid - 1 && mask[i] != mask[i + 1] ? 1 : 0;
        down += i + grid < mask.length && mask[i] != mask[i + grid] ? 1 : 0;
      }
      return new MaskForm(count, rows.size(), columns.size(), across, down, first);
    }
  }

  /** Twelve blocks at DINO's rate, 100,000 samples each, in one batch. */
  @Test
  void dropPath() {
    int depth = 12;
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      DropPath dropPath = DropPath.of(0.1, tf.constant(new long[] {SEED, 16}), 0);
      Operand<TFloat64> branch = tf.ones(tf.array(DRAWS, 1, 1), TFloat64.class);
      try (Session session = new Session(graph)) {
        for (int block = 0; block < depth; block++) {
          Operand<TFloat64> dropped = dropPath.apply(tf, branch, block, depth, 0);
          try (Result result = session.runner().fetch(dropped).run()) {
            double[] kept = Tensors.doubles(result.get(0));
            assertSameCounts("drop path block " + block, i -> kept[i] == 0 ? 0 : 1);
          }
        }
      }
    }
  }

  private static CropRandom random(int draw, int view) {
    return CropRandom.of(SEED, draw, "x", view);
  }

  /** The largest gap between the two distribution functions, at the quantiles of the table. */
  private static void assertSameValues(String name, IntToDoubleFunction draw) {
    JsonNode table = tables.required(name);
    double[] found = new double[DRAWS];
    Arrays.setAll(found, draw);
    Arrays.sort(found);
    double drawn = table.required("draws").doubleValue();
    double gap = 0;
    int below = 0;
    for (int i = 0; i < table.required("values").size(); i++) {
      // A quotient of whole numbers may differ in its last bit.
      double value = table.get("values").get(i).doubleValue() + 1e-12;
      while (below < DRAWS && found[below] <= value) {
        below++;
      }
      double expected = table.required("below").get(i).doubleValue() / drawn;
      gap = Math.max(gap, Math.abs(below / (double) DRAWS - expected));
    }
    double bound = KOLMOGOROV * Math.sqrt(1.0 / DRAWS + 1 / drawn);
    assertTrue(gap < bound, "%s: gap %.5f, at most %.5f".formatted(name, gap, bound));
  }

  private static void assertSameCounts(String name, IntFunction<Object> draw) {
    JsonNode table = tables.required(name);
    Map<String, long[]> both = new TreeMap<>();
    for (Map.Entry<String, JsonNode> count : table.required("counts").properties()) {
      both.put(count.getKey(), new long[] {count.getValue().longValue(), 0});
    }
    for (int i = 0; i < DRAWS; i++) {
      both.computeIfAbsent(draw.apply(i).toString(), key -> new long[2])[1]++;
    }
    assertEquals(DRAWS, table.required("draws").intValue(), "the statistic is for equal samples");
    long[] rare = new long[2];
    double chiSquare = 0;
    int bins = 0;
    for (long[] pair : both.values()) {
      if (pair[0] + pair[1] < RARE) {
        rare[0] += pair[0];
        rare[1] += pair[1];
      } else {
        chiSquare += term(pair);
        bins++;
      }
    }
    if (rare[0] + rare[1] > 0) {
      chiSquare += term(rare);
      bins++;
    }
    double bound = bins == 1 ? 1e-9 : bound(bins - 1);
    assertTrue(
        chiSquare < bound,
        "%s: chi-square %.2f of %d outcomes, at most %.2f".formatted(name, chiSquare, bins, bound));
  }

  private static double term(long[] pair) {
    double difference = pair[0] - pair[1];
    return difference * difference / (pair[0] + pair[1]);
  }

  /** Chi-square's quantile at 1 - 0.001; Wilson and Hilferty 1931. */
  private static double bound(int freedom) {
    double variance = 2.0 / (9 * freedom);
    return freedom * Math.pow(1 - variance + NORMAL * Math.sqrt(variance), 3);
  }
}
