package org.dinovmf.ops;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;

/** Prints the tables of errors in README.md of this module. */
public final class VmfErrors {

  private static final List<VmfQuantity> IN_TERMS =
      List.of(
          VmfQuantity.RELATIVE_LOG_NORMALIZER,
          VmfQuantity.LENGTH,
          VmfQuantity.COMPLEMENT,
          VmfQuantity.SLOPE,
          VmfQuantity.DIVERGENCE);

  /** Largest errors in ulp of dimensions of one group. */
  private record Row(Map<VmfQuantity, Double> quantities, Map<String, Double> oneTerm) {}

  private VmfErrors() {}

  public static void main(String[] args) {
    System.out.println(
        "| | dim | log C - log C(0) | A | 1 - A | A' | KL to uniform | one-term value | one-term gradient |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    Map<Integer, List<VmfReference>> byDim = VmfReference.byDimension();
    print("float32", TFloat32.class, byDim);
    print("float64", TFloat64.class, byDim);
  }

  private static String group(int dim) {
    if (dim < 10) {
      return "2 to 9";
    }
    return dim < 44 ? "10 to 43" : dim <= 1024 ? "44 to 1024" : "1025 to 524290";
  }

  private static void print(
      String label, Class<? extends TFloating> type, Map<Integer, List<VmfReference>> byDim) {
    Map<String, Row> rows = new LinkedHashMap<>();
    byDim.forEach(
        (dim, references) ->
            add(
                rows.computeIfAbsent(
                    group(dim), key -> new Row(new EnumMap<>(VmfQuantity.class), new HashMap<>())),
                type,
                dim,
                references));
    rows.forEach(
        (group, row) -> {
          List<String> cells = new ArrayList<>(List.of(label, group));
          IN_TERMS.forEach(quantity -> cells.add("%.1f".formatted(row.quantities().get(quantity))));
          cells.add(scientific(row.oneTerm().get("value")));
          cells.add(scientific(row.oneTerm().get("gradient")));
          System.out.println("| " + String.join(" | ", cells) + " |");
        });
  }

  private static String scientific(double ulps) {
    return String.format(Locale.ROOT, "%.0e", ulps);
  }

  private static <T extends TFloating> void add(
      Row row, Class<T> type, int dim, List<VmfReference> references) {
    double[] kappas = references.stream().mapToDouble(VmfReference::kappa).toArray();
    List<double[]> found = VmfGraph.terms(type, dim, kappas);
    List<double[]> oneTerm = dim > 2 ? oneTerm(type, dim, kappas) : List.of();
    for (int i = 0; i < kappas.length; i++) {
      VmfReference reference = references.get(i);
      for (int k = 0; k < IN_TERMS.size(); k++) {
        VmfValue value = IN_TERMS.get(k).value(reference);
        row.quantities().merge(IN_TERMS.get(k), ulps(type, value, found.get(k)[i]), Math::max);
      }
      for (int k = 0; k < oneTerm.size(); k++) {
        BigDecimal expected = k == 0 ? reference.difference() : reference.length();
        double ulps = ulps(type, VmfValue.of(expected.negate()), oneTerm.get(k)[i]);
        row.oneTerm().merge(k == 0 ? "value" : "gradient", ulps, Math::max);
      }
    }
  }

  /** Zeros have no last place, and numbers near the smallest of float32 none that counts. */
  private static double ulps(Class<? extends TFloating> type, VmfValue value, double actual) {
    return value.isTiny(type) || value.size().signum() == 0 ? 0 : value.ulps(type, actual);
  }

  private static <T extends TFloating> List<double[]> oneTerm(
      Class<T> type, int dim, double[] kappas) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> kappa = tf.dtypes.cast(tf.constant(kappas), type);
      Operand<T> value = OneTermFormula.relativeLogNormalizer(tf, kappa, dim);
      Operand<T> gradient =
          VmfGraph.gradient(graph, value, kappa, VmfGraph.ones(tf, kappas.length, type));
      return VmfGraph.run(tf, graph, List.of(value, gradient));
    }
  }
}
