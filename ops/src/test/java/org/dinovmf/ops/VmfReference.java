package org.dinovmf.ops;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Values of the von Mises-Fisher normalizer with 30 digits, from golden/vmf_reference.csv; every
 * kappa is exact in float32.
 *
 * @param difference log C(0) - log C(kappa)
 * @param length A(kappa)
 * @param slope A'(kappa)
 */
record VmfReference(
    int dim,
    double kappa,
    BigDecimal logNormalizer,
    BigDecimal difference,
    BigDecimal length,
    BigDecimal slope) {

  /** All rows by dimension. */
  static Map<Integer, List<VmfReference>> byDimension() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                VmfReference.class.getResourceAsStream("/golden/vmf_reference.csv"),
                StandardCharsets.US_ASCII))) {
      return reader
          .lines()
          .skip(1)
          .map(VmfReference::parse)
          .collect(Collectors.groupingBy(VmfReference::dim, TreeMap::new, Collectors.toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static VmfReference parse(String line) {
    String[] fields = line.split(",", -1);
    return new VmfReference(
        Integer.parseInt(fields[0]),
        Double.parseDouble(fields[1]),
        new BigDecimal(fields[2]),
        new BigDecimal(fields[3]).negate(),
        new BigDecimal(fields[4]),
        new BigDecimal(fields[5]));
  }

  /** A(kappa) / kappa. */
  BigDecimal ratio() {
    return kappa == 0
        ? BigDecimal.ONE.divide(BigDecimal.valueOf(dim), DebyePolynomials.DIGITS)
        : length.divide(new BigDecimal(kappa), DebyePolynomials.DIGITS);
  }
}
