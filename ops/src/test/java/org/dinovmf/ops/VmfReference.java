package org.dinovmf.ops;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Values of the von Mises-Fisher distribution with at least 20 digits; every kappa is exact in
 * float32.
 *
 * @param difference log C(0) - log C(kappa)
 * @param length A(kappa)
 * @param slope A'(kappa)
 * @param complement 1 - A(kappa)
 * @param divergence kappa A(kappa) - difference
 * @param curvature A''(kappa)
 */
public record VmfReference(
    int dim,
    double kappa,
    BigDecimal logNormalizer,
    BigDecimal difference,
    BigDecimal length,
    BigDecimal slope,
    BigDecimal complement,
    BigDecimal divergence,
    BigDecimal curvature) {

  private static final MathContext DIGITS = new MathContext(40);

  /** The rows of vmf_reference.csv and of vmf_grid.csv by dimension. */
  public static Map<Integer, List<VmfReference>> byDimension() {
    List<VmfReference> rows =
        lines("vmf_reference.csv").stream().map(VmfReference::ofTable).toList();
    List<VmfReference> grid = lines("vmf_grid.csv").stream().map(VmfReference::ofGrid).toList();
    Map<Integer, List<VmfReference>> result =
        rows.stream()
            .collect(Collectors.groupingBy(VmfReference::dim, TreeMap::new, Collectors.toList()));
    for (VmfReference row : grid) {
      result.merge(row.dim(), List.of(row), VmfReference::joined);
    }
    return result;
  }

  private static List<VmfReference> joined(List<VmfReference> a, List<VmfReference> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  /**
   * The lines of a file below its header, each split at commas; of the file in the folder that
   * {@code reference.dir} names, if it is there.
   */
  static List<String[]> lines(String name) {
    Optional<Path> reference = Golden.referenceFile(name);
    try (InputStream in =
            reference.isPresent()
                ? Files.newInputStream(reference.get())
                : VmfReference.class.getResourceAsStream("/golden/" + name);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return reader.lines().skip(1).map(line -> line.split(",", -1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the table lacks follows from its 30 digits with at least 20 left. */
  private static VmfReference ofTable(String[] fields) {
    int dim = Integer.parseInt(fields[0]);
    double kappa = Double.parseDouble(fields[1]);
    BigDecimal exactKappa = new BigDecimal(kappa);
    BigDecimal difference = new BigDecimal(fields[3]).negate();
    BigDecimal length = new BigDecimal(fields[4]);
    BigDecimal slope = new BigDecimal(fields[5]);
    return new VmfReference(
        dim,
        kappa,
        new BigDecimal(fields[2]),
        difference,
        length,
        slope,
        BigDecimal.ONE.subtract(length),
        exactKappa.multiply(length).subtract(difference),
        kappa < 1e-3 * dim
            ? atSmallKappa(dim, exactKappa)
            : curvature(dim, exactKappa, length, slope));
  }

  /** The slope of {@code A' = 1 - A^2 - (dim - 1) A / kappa}, which cancels at small kappa. */
  private static BigDecimal curvature(
      int dim, BigDecimal kappa, BigDecimal length, BigDecimal slope) {
    BigDecimal ofSquare = length.multiply(slope).multiply(BigDecimal.valueOf(-2));
    BigDecimal gap = slope.subtract(length.divide(kappa, DIGITS));
    return ofSquare.subtract(gap.multiply(BigDecimal.valueOf(dim - 1)).divide(kappa, DIGITS));
  }

  /**
   * {@code A = kappa / dim - kappa^3 / (dim^2 (dim + 2)) + 2 kappa^5 / (dim^3 (dim + 2) (dim + 4))
   * - ...}, differentiated twice.
   */
  private static BigDecimal atSmallKappa(int dim, BigDecimal kappa) {
    BigDecimal p = BigDecimal.valueOf(dim);
    BigDecimal second = p.add(BigDecimal.valueOf(2));
    BigDecimal third = p.add(BigDecimal.valueOf(4));
    BigDecimal fourth = p.add(BigDecimal.valueOf(6));
    BigDecimal square = kappa.multiply(kappa);
    BigDecimal c1 = BigDecimal.valueOf(-6).divide(p.pow(2).multiply(second), DIGITS);
    BigDecimal c3 =
        BigDecimal.valueOf(40).divide(p.pow(3).multiply(second).multiply(third), DIGITS);
    BigDecimal c5 =
        BigDecimal.valueOf(-42)
            .multiply(p.multiply(BigDecimal.valueOf(5)).add(BigDecimal.valueOf(12)))
            .divide(p.pow(4).multiply(second.pow(2)).multiply(third).multiply(fourth), DIGITS);
    BigDecimal inner = c5.multiply(square).add(c3);
    return inner.multiply(square).add(c1).multiply(kappa);
  }

  private static VmfReference ofGrid(String[] fields) {
    return new VmfReference(
        Integer.parseInt(fields[0]),
        Double.parseDouble(fields[1]),
        new BigDecimal(fields[2]),
        new BigDecimal(fields[3]).negate(),
        new BigDecimal(fields[4]),
        new BigDecimal(fields[5]),
        new BigDecimal(fields[7]),
        new BigDecimal(fields[8]),
        new BigDecimal(fields[6]));
  }

  /** A(kappa) / kappa. */
  BigDecimal ratio() {
    return kappa == 0
        ? BigDecimal.ONE.divide(BigDecimal.valueOf(dim), DIGITS)
        : length.divide(new BigDecimal(kappa), DIGITS);
  }

  /** {@code log C(0)}. */
  BigDecimal logNormalizerAtZero() {
    return logNormalizer.add(difference);
  }

  /** {@code kappa A'}. */
  BigDecimal kappaSlope() {
    return new BigDecimal(kappa).multiply(slope);
  }

  /** {@code kappa A''}. */
  BigDecimal kappaCurvature() {
    return new BigDecimal(kappa).multiply(curvature);
  }
}
