package org.dinovmf.ops;

import java.math.BigDecimal;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** What is asked of the von Mises-Fisher distribution at one kappa, in each form that gives it. */
enum VmfQuantity {
  LOG_NORMALIZER(
      "log C",
      VonMisesFisher::logNormalizer,
      VonMisesFisherValues::logNormalizer,
      (vmf, kappa) -> vmf.logNormalizer(kappa),
      VmfReference::logNormalizer,
      row -> row.logNormalizerAtZero().abs().max(row.difference())),
  RELATIVE_LOG_NORMALIZER(
      "log C - log C(0)",
      VonMisesFisher::relativeLogNormalizer,
      VonMisesFisherValues::relativeLogNormalizer,
      (vmf, kappa) -> vmf.relativeLogNormalizer(kappa),
      row -> row.difference().negate(),
      VmfReference::difference),
  LENGTH(
      "A",
      VonMisesFisher::meanResultantLength,
      VonMisesFisherValues::meanResultantLength,
      (vmf, kappa) -> vmf.meanResultantLength(kappa),
      VmfReference::length,
      VmfReference::length),
  COMPLEMENT(
      "1 - A",
      VonMisesFisher::meanResultantLengthComplement,
      VonMisesFisherValues::meanResultantLengthComplement,
      (vmf, kappa) -> vmf.meanResultantLengthComplement(kappa),
      VmfReference::complement,
      VmfReference::complement),
  SLOPE(
      "A'",
      VonMisesFisher::meanResultantLengthSlope,
      VonMisesFisherValues::meanResultantLengthSlope,
      (vmf, kappa) -> vmf.meanResultantLengthSlope(kappa),
      VmfReference::slope,
      VmfReference::slope),
  ENTROPY(
      "entropy",
      VonMisesFisher::entropy,
      VonMisesFisherValues::entropy,
      (vmf, kappa) -> vmf.entropy(kappa),
      row -> row.logNormalizerAtZero().add(row.divergence()).negate(),
      row -> row.logNormalizerAtZero().abs().max(row.divergence())),
  DIVERGENCE(
      "KL to uniform",
      VonMisesFisher::divergenceFromUniform,
      VonMisesFisherValues::divergenceFromUniform,
      (vmf, kappa) -> vmf.divergenceFromUniform(kappa),
      VmfReference::divergence,
      VmfReference::divergence);

  /** Builds the quantity from kappa. */
  @FunctionalInterface
  interface Builder {
    <T extends TFloating> Operand<T> apply(Ops tf, Operand<T> kappa, int dim);
  }

  private final String label;
  private final Builder declared;
  private final Builder plain;
  private final ToDoubleBiFunction<VonMisesFisherMath, Double> host;
  private final Function<VmfReference, BigDecimal> expected;
  private final Function<VmfReference, BigDecimal> size;

  VmfQuantity(
      String label,
      Builder declared,
      Builder plain,
      ToDoubleBiFunction<VonMisesFisherMath, Double> host,
      Function<VmfReference, BigDecimal> expected,
      Function<VmfReference, BigDecimal> size) {
    this.label = label;
    this.declared = declared;
    this.plain = plain;
    this.host = host;
    this.expected = expected;
    this.size = size;
  }

  String label() {
    return label;
  }

  /** With declared gradients. */
  <T extends TFloating> Operand<T> declared(Ops tf, Operand<T> kappa, int dim) {
    return declared.apply(tf, kappa, dim);
  }

  /** Without. */
  <T extends TFloating> Operand<T> plain(Ops tf, Operand<T> kappa, int dim) {
    return plain.apply(tf, kappa, dim);
  }

  double host(VonMisesFisherMath vmf, double kappa) {
    return host.applyAsDouble(vmf, kappa);
  }

  VmfValue value(VmfReference row) {
    return new VmfValue(expected.apply(row), size.apply(row));
  }

  /** The first derivative. */
  VmfValue slope(VmfReference row) {
    return switch (this) {
      case LOG_NORMALIZER, RELATIVE_LOG_NORMALIZER -> VmfValue.of(row.length().negate());
      case LENGTH -> VmfValue.of(row.slope());
      case COMPLEMENT -> VmfValue.of(row.slope().negate());
      case SLOPE -> VmfValue.of(row.curvature());
      case ENTROPY -> VmfValue.of(row.kappaSlope().negate());
      case DIVERGENCE -> VmfValue.of(row.kappaSlope());
    };
  }

  /** Whether the second derivative is known, too. */
  boolean hasCurvature() {
    return this != SLOPE;
  }

  /** The second derivative. */
  VmfValue curvature(VmfReference row) {
    BigDecimal sum = row.slope().add(row.kappaCurvature());
    BigDecimal size = row.slope().max(row.kappaCurvature().abs());
    return switch (this) {
      case LOG_NORMALIZER, RELATIVE_LOG_NORMALIZER -> VmfValue.of(row.slope().negate());
      case LENGTH -> VmfValue.of(row.curvature());
      case COMPLEMENT -> VmfValue.of(row.curvature().negate());
      case SLOPE -> throw new IllegalArgumentException("no reference of the third derivative of A");
      case ENTROPY -> new VmfValue(sum.negate(), size);
      case DIVERGENCE -> new VmfValue(sum, size);
    };
  }

  /** The bound that the documentation states, in ulp. */
  double maxUlp(int dim) {
    return switch (this) {
      case LOG_NORMALIZER, RELATIVE_LOG_NORMALIZER, LENGTH -> 8;
      case SLOPE, ENTROPY, DIVERGENCE -> dim >= 10 ? 10 : 64;
      case COMPLEMENT -> dim >= 10 ? 10 : 128;
    };
  }

  double maxSlopeUlp(int dim) {
    return switch (this) {
      case LOG_NORMALIZER, RELATIVE_LOG_NORMALIZER -> 8;
      case LENGTH, COMPLEMENT, ENTROPY, DIVERGENCE -> dim >= 10 ? 10 : 64;
      case SLOPE -> maxThirdUlp(dim);
    };
  }

  double maxCurvatureUlp(int dim) {
    return switch (this) {
      case LOG_NORMALIZER, RELATIVE_LOG_NORMALIZER -> dim >= 10 ? 10 : 64;
      case LENGTH, COMPLEMENT, ENTROPY, DIVERGENCE, SLOPE -> maxThirdUlp(dim);
    };
  }

  /** Of A''. */
  private static double maxThirdUlp(int dim) {
    return dim >= 10 ? 24 : 256;
  }
}
