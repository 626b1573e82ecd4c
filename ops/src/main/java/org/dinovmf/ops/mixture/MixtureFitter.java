package org.dinovmf.ops.mixture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.ops.VonMisesFisherMath;

/**
 * Fits mixtures by expectation maximization; Banerjee et al., JMLR 2005, section 3 (soft
 * assignments). Starts are by spherical k-means++ (Arthur and Vassilvitskii 2007 with the distance
 * {@code 1 - cos}).
 *
 * <p>Deviation: the concentration solves {@code A(kappa) = R} to rounding instead of by an
 * approximation, with {@code R = |sum_i r_i x_i| / (sum_i r_i + pseudoCount)}.
 */
public final class MixtureFitter {

  /** Below this, 1 - R is taken as the rounding of equal points. */
  private static final double SMALLEST_COMPLEMENT = 1e-15;

  private final double[][] points;
  private final VonMisesFisherMath vmf;
  private final FitConfig config;

  /**
   * Prepares points.
   *
   * @param points unit vectors of one dimension, at least 2; held, not copied
   */
  public MixtureFitter(double[][] points, FitConfig config) {
    if (points.length < 2) {
      throw new IllegalArgumentException(
          "a fit needs at least 2 points, but there are " + points.length);
    }
    for (int i = 0; i < points.length; i++) {
      UnitVectors.require(points[i], "point " + i);
      if (points[i].length != points[0].length) {
        throw new IllegalArgumentException(
            "all points must have %d values, but point %d has %d"
                .formatted(points[0].length, i, points[i].length));
      }
    }
    this.points = points;
    this.config = config;
    vmf = VonMisesFisherMath.of(points[0].length);
  }

  /** The best of the restarts by likelihood. */
  public MixtureFit fit(int numComponents) {
    if (numComponents < 1 || numComponents > points.length) {
      throw new IllegalArgumentException(
          "numComponents must be from 1 to the number of points %d, but is %d"
              .formatted(points.length, numComponents));
    }
    SplittableRandom random = new SplittableRandom(config.seed());
    MixtureFit best = improved(start(numComponents, random));
    for (int i = 1; i < config.restarts(); i++) {
      MixtureFit next = improved(start(numComponents, random));
      if (next.logLikelihood() > best.logLikelihood()) {
        best = next;
      }
    }
    return best;
  }

  /**
   * Chooses the number of components from 1 to {@code maxComponents} by {@link MixtureFit#bic},
   * with the pseudo-count, and improves the chosen fit without it, which would shrink the
   * concentration of small components.
   */
  public MixtureFit choose(int maxComponents) {
    MixtureFit best = fit(1);
    for (int k = 2; k <= maxComponents; k++) {
      MixtureFit next = fit(k);
      if (next.bic() < best.bic()) {
        best = next;
      }
    }
    return new MixtureFitter(points, config.withoutPseudoCount()).improved(best.mixture());
  }

  private MixtureFit improved(Mixture mixture) {
    double[][] posterior = new double[points.length][mixture.components().size()];
    double last = Double.NEGATIVE_INFINITY;
    Mixture current = mixture;
    for (int i = 0; i < config.maxIterations(); i++) {
      double logLikelihood = expect(current, posterior);
      if (logLikelihood - last < config.tolerance() * points.length) {
        return new MixtureFit(current, logLikelihood, points.length);
      }
      last = logLikelihood;
      current = maximize(posterior);
    }
    return new MixtureFit(current, expect(current, posterior), points.length);
  }

  /** Fills in the posteriors, and answers the logarithm of the likelihood. */
  private double expect(Mixture mixture, double[][] posterior) {
    Scorer scorer = new Scorer(mixture, vmf);
    double sum = 0;
    for (int i = 0; i < points.length; i++) {
      sum += scorer.posterior(points[i], posterior[i]);
    }
    return sum;
  }

  private Mixture maximize(double[][] posterior) {
    List<Component> components = new ArrayList<>();
    for (int k = 0; k < posterior[0].length; k++) {
      components.add(component(posterior, k));
    }
    return new Mixture(components);
  }

  private Component component(double[][] posterior, int k) {
    double[] sum = new double[vmf.dim()];
    double count = 0;
    for (int i = 0; i < points.length; i++) {
      double r = posterior[i][k];
      count += r;
      for (int j = 0; j < sum.length; j++) {
        sum[j] += r * points[i][j];
      }
    }
    double norm = Math.sqrt(UnitVectors.dot(sum, sum));
    if (norm == 0) { // no share at all, or points that cancel: any direction serves
      return new Component(count / points.length, points[k], 0);
    }
    double[] direction = UnitVectors.normalized(sum);
    double spread = 0; // of 1 - cos, which is count - norm with all its digits
    for (int i = 0; i < points.length; i++) {
      spread += posterior[i][k] * UnitVectors.oneMinusCosine(points[i], direction);
    }
    double total = count + config.pseudoCount();
    double complement = Math.max((spread + config.pseudoCount()) / total, SMALLEST_COMPLEMENT);
    double kappa = ConcentrationEstimate.of(vmf, 1 - complement, complement);
    return new Component(Math.min(1, count / points.length), direction, kappa);
  }

  /** Each point belongs to the nearest of the seeds. */
  private Mixture start(int numComponents, SplittableRandom random) {
    List<double[]> seeds = seeds(numComponents, random);
    double[][] posterior = new double[points.length][numComponents];
    for (int i = 0; i < points.length; i++) {
      int nearest = 0;
      for (int k = 1; k < numComponents; k++) {
        if (UnitVectors.dot(points[i], seeds.get(k))
            > UnitVectors.dot(points[i], seeds.get(nearest))) {
          nearest = k;
        }
      }
      posterior[i][nearest] = 1;
    }
    return maximize(posterior);
  }

  /** Points far from those before: each is drawn in proportion to the distance to the nearest. */
  private List<double[]> seeds(int numComponents, SplittableRandom random) {
    List<double[]> seeds = new ArrayList<>();
    seeds.add(points[random.nextInt(points.length)]);
    double[] distances = new double[points.length];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    while (seeds.size() < numComponents) {
      double[] last = seeds.get(seeds.size() - 1);
      double total = 0;
      for (int i = 0; i < points.length; i++) {
        distances[i] = Math.min(distances[i], UnitVectors.oneMinusCosine(points[i], last));
        total += distances[i];
      }
      double rest = random.nextDouble() * total;
      int chosen = 0;
      while (chosen < points.length - 1 && rest >= distances[chosen]) {
        rest -= distances[chosen];
        chosen++;
      }
      seeds.add(points[chosen]);
    }
    return seeds;
  }
}
