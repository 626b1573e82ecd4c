package org.dinovmf.ops;

import static org.dinovmf.ops.VmfQuantity.COMPLEMENT;
import static org.dinovmf.ops.VmfQuantity.DIVERGENCE;
import static org.dinovmf.ops.VmfQuantity.LENGTH;
import static org.dinovmf.ops.VmfQuantity.RELATIVE_LOG_NORMALIZER;
import static org.dinovmf.ops.VmfQuantity.SLOPE;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/** Every function of kappa, in every form, against the reference within its stated error. */
class VmfQuantitiesTest {

  static Stream<Arguments> dimensions() {
    return VmfReference.byDimension().entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void float32MatchesTheReference(int dim, List<VmfReference> rows) {
    termsMatchTheReference(TFloat32.class, dim, rows);
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void float64MatchesTheReference(int dim, List<VmfReference> rows) {
    termsMatchTheReference(TFloat64.class, dim, rows);
  }

  private static <T extends TFloating> void termsMatchTheReference(
      Class<T> type, int dim, List<VmfReference> rows) {
    List<double[]> found = VmfGraph.terms(type, dim, kappas(rows));
    List<VmfQuantity> quantities =
        List.of(RELATIVE_LOG_NORMALIZER, LENGTH, COMPLEMENT, SLOPE, DIVERGENCE);
    for (int i = 0; i < rows.size(); i++) {
      VmfReference row = rows.get(i);
      String where = " at dim %d, kappa %s".formatted(dim, row.kappa());
      for (int k = 0; k < quantities.size(); k++) {
        VmfQuantity quantity = quantities.get(k);
        quantity
            .value(row)
            .assertMatches(type, found.get(k)[i], quantity.maxUlp(dim), quantity + where);
      }
      SLOPE.slope(row).assertMatches(type, found.get(5)[i], SLOPE.maxSlopeUlp(dim), "A''" + where);
    }
  }

  private static double[] kappas(List<VmfReference> rows) {
    return rows.stream().mapToDouble(VmfReference::kappa).toArray();
  }

  /** The public functions with their gradients, at dimensions of each expansion. */
  @ParameterizedTest
  @ValueSource(ints = {2, 43, 256, 1223})
  void gradientsMatchTheReference(int dim) {
    List<VmfReference> rows = VmfReference.byDimension().get(dim);
    for (Class<? extends TFloating> type : List.of(TFloat32.class, TFloat64.class)) {
      VmfGraph.derivatives(type, dim, kappas(rows))
          .forEach((quantity, found) -> assertMatches(type, quantity, rows, found));
    }
  }

  private static void assertMatches(
      Class<? extends TFloating> type,
      VmfQuantity quantity,
      List<VmfReference> rows,
      List<double[]> found) {
    for (int i = 0; i < rows.size(); i++) {
      VmfReference row = rows.get(i);
      int dim = row.dim();
      String where = "%s at dim %d, kappa %s".formatted(quantity, dim, row.kappa());
      quantity.value(row).assertMatches(type, found.get(0)[i], quantity.maxUlp(dim), where);
      quantity
          .slope(row)
          .assertMatches(type, found.get(1)[i], quantity.maxSlopeUlp(dim), where + ", gradient");
      if (quantity.hasCurvature()) {
        double maxUlp = quantity.maxCurvatureUlp(dim);
        quantity
            .curvature(row)
            .assertMatches(type, found.get(2)[i], maxUlp, where + ", second gradient");
      }
    }
  }

  @ParameterizedTest(name = "dim {0}")
  @MethodSource("dimensions")
  void plainJavaMatchesTheReference(int dim, List<VmfReference> rows) {
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    for (VmfReference row : rows) {
      for (VmfQuantity quantity : VmfQuantity.values()) {
        String where = "%s at dim %d, kappa %s".formatted(quantity, dim, row.kappa());
        quantity
            .value(row)
            .assertMatches(
                TFloat64.class, quantity.host(vmf, row.kappa()), quantity.maxUlp(dim), where);
      }
      VmfValue.of(row.ratio())
          .assertMatches(
              TFloat64.class,
              vmf.meanResultantLengthOverKappa(row.kappa()),
              8,
              "A / kappa at dim %d, kappa %s".formatted(dim, row.kappa()));
    }
  }

  /** The plain form has the values of the declared one and no carrier of gradients. */
  @ParameterizedTest
  @EnumSource
  void plainFormHasTheSameValues(VmfQuantity quantity) {
    for (int dim : new int[] {2, 31, 256}) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        Operand<TFloat32> kappa = tf.constant(new float[] {0, 1e-3f, 0.5f, 5, 50, 1e3f, 1e6f});
        Operand<TFloat32> plain = quantity.plain(tf, kappa, dim);
        graph.operations().forEachRemaining(op -> assertNotEquals("IdentityN", op.type()));
        List<double[]> found =
            VmfGraph.run(tf, graph, List.of(plain, quantity.declared(tf, kappa, dim)));
        GradientCheck.assertClose(found.get(1), found.get(0), 0, quantity + " at dim " + dim);
      }
    }
  }

  /** Neither kappa nor a constant nor a result between is of another floating type. */
  @ParameterizedTest
  @EnumSource
  void computesInItsOwnTypeAlone(VmfQuantity quantity) {
    for (int dim : new int[] {3, 256}) {
      assertTypes(TFloat32.class, quantity, dim);
      assertTypes(TFloat64.class, quantity, dim);
    }
  }

  private static <T extends TFloating> void assertTypes(
      Class<T> type, VmfQuantity quantity, int dim) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<T> kappa = tf.placeholder(type, Placeholder.shape(Shape.of(3)));
      Operand<T> ones = tf.placeholder(type, Placeholder.shape(Shape.of(3)));
      Operand<T> first = VmfGraph.gradient(graph, quantity.declared(tf, kappa, dim), kappa, ones);
      VmfGraph.gradient(graph, first, kappa, ones);
      Set<Class<?>> allowed = Set.of(type, TBool.class, TInt32.class); // compared, shapes
      graph
          .operations()
          .forEachRemaining(
              op -> {
                for (int i = 0; i < op.numOutputs(); i++) {
                  Class<?> found = op.output(i).type();
                  assertTrue(allowed.contains(found), op.name() + " is " + found.getSimpleName());
                }
              });
    }
  }

  /** Beyond the tables: the ends of the domain, more dimensions, and the third derivative. */
  @ParameterizedTest
  @ValueSource(ints = {2, 44, 65536, Integer.MAX_VALUE})
  void isFiniteWithItsGradients(int dim) {
    double[] kappas = {0, 0x1p-149, 1e-38, 1e-30, 1e-20, 1e-7, 0.1, 3, 12.8, 25.5, 1e3, 1e5, 1e8};
    for (Class<? extends TFloating> type : List.of(TFloat32.class, TFloat64.class)) {
      VmfGraph.derivatives(type, dim, kappas)
          .forEach(
              (quantity, found) -> {
                for (double[] values : found) {
                  for (int i = 0; i < kappas.length; i++) {
                    assertTrue(
                        Double.isFinite(values[i]),
                        "%s at dim %d, kappa %s is %s"
                            .formatted(quantity, dim, kappas[i], Arrays.toString(values)));
                  }
                }
              });
    }
  }
}
