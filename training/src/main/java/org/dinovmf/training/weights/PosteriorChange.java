package org.dinovmf.training.weights;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.ops.VonMisesFisherMath;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.tensorflow.types.TFloat32;

/**
 * What switching the normalizer on does to the posteriors of a mixture, before any training: for
 * embeddings y at the directions of some of the prototypes, {@code softmax(<w_k, y> / t)} against
 * {@code softmax(<w_k, y> / t + log C_p(|w_k| / t))}; Govindarajan et al., ICLR 2023.
 *
 * @param temperature t
 * @param shortest length of a prototype
 * @param longest length of a prototype
 * @param spread of the normalizer over the prototypes, nats
 * @param meanDistance total variation between the two posteriors, averaged, in [0, 1]
 * @param changedWinners share of the embeddings whose most probable prototype is another one
 * @param embeddings how many y were taken
 */
public record PosteriorChange(
    double temperature,
    double shortest,
    double longest,
    double spread,
    double meanDistance,
    double changedWinners,
    int embeddings) {

  private static final int MAX_EMBEDDINGS = 64;
  private static final String STUDENT_PROTOTYPES = TrainGraph.STUDENT + "/head/prototypes/";

  /**
   * Measures the change.
   *
   * @param directions {@code [prototypes, dim]}, of any length but 0
   * @param norms {@code [prototypes]}: the lengths
   */
  static PosteriorChange of(float[] directions, float[] norms, double temperature) {
    int count = norms.length;
    int dim = directions.length / count;
    float[] units = units(directions, dim);
    VonMisesFisherMath vmf = VonMisesFisherMath.of(dim);
    double[] normalizer = new double[count];
    double[] lengths = new double[count];
    for (int k = 0; k < count; k++) {
      lengths[k] = Math.abs((double) norms[k]);
      normalizer[k] = vmf.relativeLogNormalizer(lengths[k] / temperature);
    }
    int embeddings = Math.min(MAX_EMBEDDINGS, count);
    double distance = 0;
    int changed = 0;
    for (int i = 0; i < embeddings; i++) {
      int chosen = (int) ((long) i * count / embeddings);
      double[] plain = new double[count];
      double[] corrected = new double[count];
      for (int k = 0; k < count; k++) {
        plain[k] = norms[k] * cosine(units, dim, k, chosen) / temperature;
        corrected[k] = plain[k] + normalizer[k];
      }
      changed += winner(plain) == winner(corrected) ? 0 : 1;
      distance += distance(softmax(plain), softmax(corrected));
    }
    return new PosteriorChange(
        temperature,
        Arrays.stream(lengths).min().orElseThrow(),
        Arrays.stream(lengths).max().orElseThrow(),
        Arrays.stream(normalizer).max().orElseThrow()
            - Arrays.stream(normalizer).min().orElseThrow(),
        distance / embeddings,
        (double) changed / embeddings,
        embeddings);
  }

  /** The change for the student of a run, whose prototypes have lengths. */
  public static PosteriorChange ofStudent(TrainConfig config, SavedWeights run) {
    Map<String, float[]> values = new HashMap<>();
    for (Variable<TFloat32> variable : run.variables()) {
      if (variable.name().startsWith(STUDENT_PROTOTYPES)) {
        values.put(variable.name().substring(STUDENT_PROTOTYPES.length()), run.get(variable));
      }
    }
    double temperature = config.model().method().studentTemp();
    return of(values.get("direction"), values.get("norm"), temperature);
  }

  private static float[] units(float[] directions, int dim) {
    float[] units = directions.clone();
    for (int first = 0; first < units.length; first += dim) {
      double sum = 0;
      for (int i = first; i < first + dim; i++) {
        sum += (double) units[i] * units[i];
      }
      float scale = (float) (1 / Math.sqrt(sum));
      for (int i = first; i < first + dim; i++) {
        units[i] *= scale;
      }
    }
    return units;
  }

  private static double cosine(float[] units, int dim, int a, int b) {
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      sum += (double) units[a * dim + i] * units[b * dim + i];
    }
    return sum;
  }

  private static int winner(double[] logits) {
    int best = 0;
    for (int k = 1; k < logits.length; k++) {
      best = logits[k] > logits[best] ? k : best;
    }
    return best;
  }

  private static double[] softmax(double[] logits) {
    double largest = logits[winner(logits)];
    double[] shares = Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }

  private static double distance(double[] p, double[] q) {
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      sum += Math.abs(p[k] - q[k]);
    }
    return sum / 2;
  }

  /** One line for people. */
  public String line() {
    if (spread == 0) {
      return String.format(
          Locale.ROOT,
          "temperature %.3g: nothing, since all prototypes have length %.4g and their normalizers cancel",
          temperature,
          longest);
    }
    return String.format(
        Locale.ROOT,
        "temperature %.3g: lengths %.4g to %.4g, normalizers %.3g nats apart; of %d embeddings at prototypes %.1f %% get another winner, mean total variation %.3f",
        temperature,
        shortest,
        longest,
        spread,
        embeddings,
        100 * changedWinners,
        meanDistance);
  }
}
