package org.dinovmf.training.loss;

import java.util.Locale;
import java.util.Optional;
import org.dinovmf.graph.Initializer;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * What is subtracted from the teacher's logits so that no prototype takes everything: a running
 * mean of what the teacher said so far. Its state is one row, {@code [1, prototypes]}.
 */
public enum Center {
  /**
   * Mean of the raw scores, before temperature and normalizer; Caron et al., "Emerging Properties
   * in Self-Supervised Vision Transformers", ICCV 2021. The normalizer is added after centering: a
   * center of the full logits would remove it again.
   */
  LOGIT,
  /**
   * Mean posterior, a distribution; its logarithm is subtracted. Govindarajan et al. 2023 center in
   * probability space; that the mean, rather than its logarithm, is averaged over time is our
   * choice.
   */
  PROBABILITY,
  /** Running mean of the logarithm of the mean posterior. */
  LOG_PROBABILITY;

  /** The state before the first step. */
  public Initializer start() {
    return switch (this) {
      case LOGIT, LOG_PROBABILITY -> Initializer.ZEROS;
      case PROBABILITY -> Initializer.EVEN;
    };
  }

  /** {@code log-probability}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The teacher's distributions.
   *
   * @param center {@code [1, prototypes]}
   * @param scores raw, {@code [rows, prototypes]}
   * @param temperature scalar
   * @param logNormalizer {@code [prototypes]}, where the prototypes have one
   * @return {@code [rows, prototypes]}, rows sum to 1
   */
  public <T extends TFloating> Operand<T> targets(
      Ops tf,
      Operand<T> center,
      Operand<T> scores,
      Operand<T> temperature,
      Optional<Operand<T>> logNormalizer) {
    if (this == LOGIT) {
      return tf.nn.softmax(logits(tf, tf.math.sub(scores, center), temperature, logNormalizer));
    }
    // An unused prototype's share of a PROBABILITY center falls for ever; its logarithm must not.
    Operand<T> logCenter =
        this == PROBABILITY
            ? tf.math.log(tf.math.maximum(center, smallestNormal(tf, center)))
            : center;
    return tf.nn.softmax(tf.math.sub(logits(tf, scores, temperature, logNormalizer), logCenter));
  }

  /**
   * What a batch contributes to the center; the mean over micro-batches of equal size is that of
   * the whole batch.
   *
   * @return {@code [1, prototypes]}
   */
  public <T extends TFloating> Operand<T> statistic(
      Ops tf, Operand<T> scores, Operand<T> temperature, Optional<Operand<T>> logNormalizer) {
    Operand<T> rows =
        this == LOGIT ? scores : tf.nn.softmax(logits(tf, scores, temperature, logNormalizer));
    return tf.math.mean(rows, tf.constant(0), Mean.keepDims(true));
  }

  /**
   * The center of the next step.
   *
   * @param statistic {@code [1, prototypes]}
   */
  public <T extends TFloating> Operand<T> next(
      Ops tf, Operand<T> center, Operand<T> statistic, double momentum) {
    Operand<T> fresh =
        this == LOG_PROBABILITY
            ? tf.math.log(tf.math.maximum(statistic, smallestNormal(tf, statistic)))
            : statistic;
    return tf.math.add(Nn.scale(tf, center, momentum), Nn.scale(tf, fresh, 1 - momentum));
  }

  /**
   * Entropy of each row in nats.
   *
   * @param distributions {@code [rows, prototypes]}
   * @return {@code [rows]}
   */
  public static <T extends TFloating> Operand<T> entropy(Ops tf, Operand<T> distributions) {
    Operand<T> logs =
        tf.math.log(tf.math.maximum(distributions, smallestNormal(tf, distributions)));
    return tf.math.neg(
        tf.reduceSum(tf.math.mul(distributions, logs), tf.constant(-1), ReduceSum.keepDims(false)));
  }

  /**
   * Scores over their temperature, with the normalizer where there is one.
   *
   * @param scores raw, {@code [rows, prototypes]}
   * @return {@code [rows, prototypes]}
   */
  public static <T extends TFloating> Operand<T> logits(
      Ops tf, Operand<T> scores, Operand<T> temperature, Optional<Operand<T>> logNormalizer) {
    Operand<T> scaled = tf.math.div(scores, temperature);
    return logNormalizer.isPresent() ? tf.math.add(scaled, logNormalizer.get()) : scaled;
  }

  private static <T extends TFloating> Operand<T> smallestNormal(Ops tf, Operand<T> like) {
    boolean single = like.type().equals(TFloat32.class);
    return Nn.scalar(tf, single ? Float.MIN_NORMAL : Double.MIN_NORMAL, like);
  }
}
