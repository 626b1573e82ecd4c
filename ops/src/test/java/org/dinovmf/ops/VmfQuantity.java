package org.dinovmf.ops;

import java.math.BigDecimal;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** What is asked of the von Mises-Fisher distribution at one kappa, in each form that gives it. */
enum VmfQuantity {
  LOG_NORMALIZER,
  RELATIVE_LOG_NORMALIZER,
  LENGTH,
  COMPLEMENT,
  SLOPE,
  ENTROPY,
  DIVERGENCE;

  /** With declared gradients. */
  <T extends TFloating> Operand<T> declared(Ops tf, Operand<T> kappa, int dim) {
    return switch (this) {
      case LOG_NORMALIZER -> VonMisesFisher.logNormalizer(tf, kappa, dim);
      case RELATIVE_LOG_NORMALIZER -> VonMisesFisher.relativeLogNormalizer(tf, kappa, dim);
      case LENGTH -> VonMisesFisher.meanResultantLength(tf, kappa, dim);
      case COMPLEMENT -> VonMisesFisher.meanResultantLengthComplement(tf, kappa, dim);
      case SLOPE -> VonMisesFisher.meanResultantLengthSlope(tf, kappa, dim);
      case ENTROPY -> VonMisesFisher.entropy(tf, kappa, dim);
      case DIVERGENCE -> VonMisesFisher.divergenceFromUniform(tf, kappa, dim);
    };
  }

  /** Without. */
  <T extends TFloating> Operand<T> plain(Ops tf, Operand<T> kappa, int dim) {
    return switch (this) {
      case LOG_NORMALIZER -> VonMisesFisherValues.logNormalizer(tf, kappa, dim);
      case RELATIVE_LOG_NORMALIZER -> VonMisesFisherValues.relativeLogNormalizer(tf, kappa, dim);
      case LENGTH -> VonMisesFisherValues.meanResultantLength(tf, kappa, dim);
      case COMPLEMENT -> VonMisesFisherValues.meanResultantLengthComplement(tf, kappa, dim);
      case SLOPE -> VonMisesFisherValues.meanResultantLengthSlope(tf, kappa, dim);
      case ENTROPY -> VonMisesFisherValues.entropy(tf, kappa, dim);
      case DIVERGENCE -> VonMisesFisherValues.divergenceFromUniform(tf, kappa, dim);
    };
  }

  /** In plain Java. */
  double host(VonMisesFisherMath vmf, double kappa) {
    return switch (this) {
      case LOG_NORMALIZER -> vmf.logNormalizer(kappa);
      case RELATIVE_LOG_NORMALIZER -> vmf.relativeLogNormalizer(kappa);
      case LENGTH -> vmf.meanResultantLength(kappa);
      case COMPLEMENT -> vmf.meanResultantLengthComplement(kappa);
      case SLOPE -> vmf.meanResultantLengthSlope(kappa);
      case ENTROPY -> vmf.entropy(kappa);
      case DIVERGENCE -> vmf.divergenceFromUniform(kappa);
    };
  }

  VmfValue value(VmfReference row) {
    return switch (this) {
      case LOG_NORMALIZER ->
          new VmfValue(row.logNormalizer(), row.logNormalizerAtZero().abs().max(row.difference()));
      case RELATIVE_LOG_NORMALIZER -> VmfValue.of(row.difference().negate());
      case LENGTH -> VmfValue.of(row.length());
      case COMPLEMENT -> VmfValue.of(row.complement());
      case SLOPE -> VmfValue.of(row.slope());
      case ENTROPY ->
          new VmfValue(
              row.logNormalizerAtZero().add(row.divergence()).negate(),
              row.logNormalizerAtZero().abs().max(row.divergence()));
      case DIVERGENCE -> VmfValue.of(row.divergence());
    };
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
