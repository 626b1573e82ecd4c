package org.dinovmf.training.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dinovmf.ops.VonMisesFisherMath;
import org.dinovmf.training.eval.RowBlock;
import org.dinovmf.training.method.PrototypeKind;

/**
 * The prototypes {@code w_k} of a head at a temperature t, as the head reads them: the logit of an
 * embedding y on the unit sphere is {@code w_k.y / t}, and with von Mises-Fisher prototypes {@code
 * w_k.y / t + log C(|w_k| / t) - log C(0)}; Govindarajan et al., ICLR 2023, section 3.
 *
 * <p>Where the kind is that of a mixture with equal weights, {@code log p(y) = log sum_k C(kappa_k)
 * exp(kappa_k mu_k.y) / K}. Prototypes of unit length are one: their normalizers are equal.
 * Prototypes of free length without the normalizer are none. No center is subtracted.
 *
 * <p>Products are float32, so a logit of size s is off by about {@code 1e-6 s}. Immutable.
 */
public final class PrototypeMixture {

  private static final int QUERY_BLOCK = 64;

  private final PrototypeKind kind;
  private final List<float[]> directions;
  private final double[] kappas;
  private final float[] logNormalizers; // relative to kappa = 0
  private final List<RowBlock> blocks; // of w_k / t
  private final double logDensityOffset;

  private PrototypeMixture(
      PrototypeKind kind,
      List<float[]> directions,
      double[] kappas,
      float[] logNormalizers,
      List<RowBlock> blocks,
      double logDensityOffset) {
    this.kind = kind;
    this.directions = directions;
    this.kappas = kappas;
    this.logNormalizers = logNormalizers;
    this.blocks = blocks;
    this.logDensityOffset = logDensityOffset;
  }

  /**
   * What the mixture says of an embedding.
   *
   * @param prototype the most probable one; of equal ones the first
   * @param posterior its probability
   * @param cosine of the embedding with its direction
   * @param logDensity log p(y) in nats, where the prototypes are a mixture
   */
  public record Assigned(
      int prototype, double posterior, double cosine, OptionalDouble logDensity) {}

  /**
   * Prepares prototypes.
   *
   * @param vectors {@code [prototypes][dim]}, none of length 0
   * @param temperature above 0
   */
  public static PrototypeMixture of(float[][] vectors, double temperature, PrototypeKind kind) {
    if (vectors.length == 0 || !(temperature > 0)) {
      throw new IllegalArgumentException(
          "a mixture needs prototypes and a temperature above 0: %d prototypes, temperature %s"
              .formatted(vectors.length, temperature));
    }
    int dim = vectors[0].length;
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    List<float[]> directions = new ArrayList<>();
    List<float[]> scaled = new ArrayList<>();
    double[] kappas = new double[vectors.length];
    float[] logNormalizers = new float[vectors.length];
    for (int k = 0; k < vectors.length; k++) {
      double norm = Rows.norm(vectors[k]);
      if (!(norm > 0 && norm < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a prototype must have a length above 0, but prototype %d has length %s"
                .formatted(k, norm));
      }
      // Of prototypes of unit length the rounding of float32 makes no difference.
      kappas[k] = (kind == PrototypeKind.UNIT ? 1 : norm) / temperature;
      directions.add(Rows.scaled(vectors[k], 1 / norm));
      scaled.add(Rows.scaled(vectors[k], 1 / temperature));
      if (kind == PrototypeKind.VMF) {
        logNormalizers[k] = (float) vmf.relativeLogNormalizer(kappas[k]);
      }
    }
    double atZero = vmf.logNormalizer(0);
    double offset = kind == PrototypeKind.UNIT ? vmf.logNormalizer(kappas[0]) : atZero;
    return new PrototypeMixture(
        kind,
        List.copyOf(directions),
        kappas,
        logNormalizers,
        blocks(scaled),
        offset - Math.log(vectors.length));
  }

  private static List<RowBlock> blocks(List<float[]> rows) {
    List<RowBlock> blocks = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += RowBlock.SIZE) {
      blocks.add(RowBlock.of(rows.subList(from, Math.min(from + RowBlock.SIZE, rows.size()))));
    }
    return List.copyOf(blocks);
  }

  /** How many prototypes. */
  public int size() {
    return kappas.length;
  }

  /** Dimension of the space. */
  public int dim() {
    return directions.get(0).length;
  }

  /** {@code kappa_k = |w_k| / t}. */
  public double kappa(int prototype) {
    return kappas[prototype];
  }

  /** {@code mu_k = w_k / |w_k|} of every prototype; nobody may change them. */
  public List<float[]> directions() {
    return directions;
  }

  /**
   * What the mixture says of each embedding.
   *
   * @param embeddings of unit length
   */
  public List<Assigned> assign(List<float[]> embeddings, int threads) {
    List<Future<List<Assigned>>> parts = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int from = 0; from < embeddings.size(); from += QUERY_BLOCK) {
        List<float[]> part =
            embeddings.subList(from, Math.min(from + QUERY_BLOCK, embeddings.size()));
        parts.add(pool.submit(() -> assign(part)));
      }
      List<Assigned> all = new ArrayList<>();
      for (Future<List<Assigned>> part : parts) {
        all.addAll(part.get());
      }
      return List.copyOf(all);
    } catch (ExecutionException e) {
      throw new IllegalStateException("assigning embeddings failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while embeddings were assigned", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private List<Assigned> assign(List<float[]> embeddings) {
    List<LogSum> sums = embeddings.stream().map(y -> new LogSum()).toList();
    float[] logits = new float[RowBlock.SIZE];
    float[] nextLogits = new float[RowBlock.SIZE];
    int first = 0;
    for (RowBlock block : blocks) {
      for (int q = 0; q < sums.size(); q += 2) {
        int next = Math.min(q + 1, sums.size() - 1);
        block.multiply(embeddings.get(q), embeddings.get(next), logits, nextLogits);
        sums.get(q).add(first, block.rows(), logits, logNormalizers);
        if (next > q) {
          sums.get(next).add(first, block.rows(), nextLogits, logNormalizers);
        }
      }
      first += block.rows();
    }
    List<Assigned> assigned = new ArrayList<>();
    for (int q = 0; q < sums.size(); q++) {
      LogSum sum = sums.get(q);
      double cosine = Rows.dot(embeddings.get(q), directions.get(sum.best));
      OptionalDouble logDensity =
          switch (kind) {
            case UNIT, VMF -> OptionalDouble.of(logDensityOffset + sum.value());
            case FREE -> OptionalDouble.empty();
          };
      assigned.add(new Assigned(sum.best, Math.exp(sum.largest - sum.value()), cosine, logDensity));
    }
    return assigned;
  }

  /** The logarithm of a sum of exponentials, and which is the largest. */
  private static final class LogSum {

    private int best;
    private double largest = Double.NEGATIVE_INFINITY;
    private double sum; // of exp(logit - largest)

    void add(int first, int count, float[] logits, float[] logNormalizers) {
      double before = largest;
      for (int i = 0; i < count; i++) {
        logits[i] += logNormalizers[first + i];
        if (logits[i] > largest) {
          largest = logits[i];
          best = first + i;
        }
      }
      if (largest > before) {
        sum *= Math.exp(before - largest);
      }
      for (int i = 0; i < count; i++) {
        sum += Math.exp(logits[i] - largest);
      }
    }

    double value() {
      return largest + Math.log(sum);
    }
  }
}
