package org.dinovmf.training.eval.video;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.dinovmf.training.eval.Workers;

/**
 * Carries the objects of a video's first frame through it, by the similarity of patches; Jabri et
 * al. 2020 and Caron et al. 2021, section 4.3. A patch takes the mean of the labels of the most
 * similar patches of the first frame and of some frames before, weighed by exp(cosine /
 * temperature); their labels are soft, too.
 */
public final class LabelPropagation implements AutoCloseable {

  private final PropagationConfig config;
  private final int columns;
  private final int rows;
  private final Workers workers;
  private final Frame first;
  private final Deque<Frame> previous = new ArrayDeque<>();

  /**
   * A frame that votes.
   *
   * @param features {@code [patches][dim]}, of unit length
   * @param labels {@code [patches][classes]}, in 0..1
   */
  @SuppressWarnings("ArrayRecordComponent") // not shared
  private record Frame(float[][] features, float[][] labels) {}

  /**
   * Begins with the first frame.
   *
   * @param features {@code [rows * columns][dim]} of its patches, row after row
   * @param mask of the first frame, of any size
   */
  public LabelPropagation(
      PropagationConfig config, int columns, int rows, float[][] features, MaskImage mask) {
    this.config = config;
    this.columns = columns;
    this.rows = rows;
    int classes = mask.objects() + 1;
    MaskImage small = mask.nearest(columns, rows);
    float[][] labels = new float[rows * columns][classes];
    for (int patch = 0; patch < labels.length; patch++) {
      labels[patch][small.labels()[patch]] = 1;
    }
    this.first = new Frame(units(features), labels);
    this.workers = new Workers(config.threads());
  }

  /**
   * The labels of the next frame.
   *
   * @param features {@code [rows * columns][dim]}
   * @return {@code [rows * columns][classes]}, of which each row sums to 1
   */
  public float[][] next(float[][] features) {
    float[][] units = units(features);
    List<Frame> context = new ArrayList<>();
    context.add(first);
    context.addAll(previous);
    float[][] labels = new float[units.length][];
    workers.run(
        units.length,
        (from, to) -> {
          for (int patch = from; patch < to; patch++) {
            labels[patch] = labels(patch, units[patch], context);
          }
        });
    if (config.previousFrames() > 0) {
      if (previous.size() == config.previousFrames()) {
        previous.removeFirst();
      }
      previous.addLast(new Frame(units, labels));
    }
    return labels;
  }

  private float[] labels(int patch, float[] feature, List<Frame> context) {
    int row = patch / columns;
    int column = patch % columns;
    int top = Math.max(0, row - config.radius());
    int bottom = Math.min(rows - 1, row + config.radius());
    int left = Math.max(0, column - config.radius());
    int right = Math.min(columns - 1, column + config.radius());
    double[] weights = new double[context.size() * (bottom - top + 1) * (right - left + 1)];
    int[] frames = new int[weights.length];
    int[] places = new int[weights.length];
    int count = 0;
    for (int f = 0; f < context.size(); f++) {
      for (int y = top; y <= bottom; y++) {
        for (int x = left; x <= right; x++) {
          int place = y * columns + x;
          frames[count] = f;
          places[count] = place;
          weights[count++] =
              Math.exp(dot(feature, context.get(f).features()[place]) / config.temperature());
        }
      }
    }
    double least = atRank(weights, Math.min(config.neighbors(), count));
    float[] labels = new float[first.labels()[0].length];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[i] >= least ? weights[i] : 0;
    }
    for (int i = 0; i < count; i++) {
      if (weights[i] >= least) {
        float[] votes = context.get(frames[i]).labels()[places[i]];
        for (int c = 0; c < labels.length; c++) {
          labels[c] += (float) (weights[i] / sum * votes[c]);
        }
      }
    }
    return labels;
  }

  /** The value at a rank from 1, the highest first; equal values beyond it all count. */
  private static double atRank(double[] values, int rank) {
    double[] best = new double[rank]; // falling
    for (double value : values) {
      if (value > best[rank - 1]) {
        int place = rank - 1;
        for (; place > 0 && best[place - 1] < value; place--) {
          best[place] = best[place - 1];
        }
        best[place] = value;
      }
    }
    return best[rank - 1];
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }

  private float[][] units(float[][] features) {
    if (features.length != rows * columns) {
      throw new IllegalArgumentException(
          "features must have a row for each of %d x %d patches, but have %d"
              .formatted(rows, columns, features.length));
    }
    float[][] units = new float[features.length][];
    for (int i = 0; i < units.length; i++) {
      double squares = 0;
      for (float value : features[i]) {
        squares += (double) value * value;
      }
      double length = squares == 0 ? 1 : Math.sqrt(squares);
      units[i] = new float[features[i].length];
      for (int d = 0; d < units[i].length; d++) {
        units[i][d] = (float) (features[i][d] / length);
      }
    }
    return units;
  }

  /** The mask that soft labels of the grid stand for; see {@link SoftMask#mask}. */
  public MaskImage mask(float[][] labels, int patch, int width, int height) {
    return new SoftMask(columns, rows, labels).mask(patch, width, height);
  }

  @Override
  public void close() {
    workers.close();
  }
}
