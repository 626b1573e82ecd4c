package org.dinovmf.training.eval.video;

import java.util.ArrayList;
import java.util.List;

/**
 * How well masks follow the objects of a video, or of several; the semi-supervised task of DAVIS
 * 2017, which counts every object alike and leaves out the first and the last frame.
 *
 * @param objects how many
 * @param region J
 * @param boundary F
 */
public record VideoScores(int objects, MeasureSummary region, MeasureSummary boundary) {

  /** Of one object. */
  public record ObjectScores(MeasureSummary region, MeasureSummary boundary) {}

  /** The mean of J and F. */
  public double mean() {
    return (region.mean() + boundary.mean()) / 2;
  }

  /**
   * Scores each object of a video, in the order of labels.
   *
   * @param found masks of all frames
   * @param truth masks of all frames, of equal sizes; at least 3
   */
  public static List<ObjectScores> objects(List<MaskImage> found, List<MaskImage> truth) {
    if (truth.size() < 3 || found.size() != truth.size()) {
      throw new IllegalArgumentException(
          "there must be at least 3 frames and a mask for each: %d found, %d true"
              .formatted(found.size(), truth.size()));
    }
    int objects = truth.get(0).objects(); // what appears later is nothing that could be followed
    List<ObjectScores> scores = new ArrayList<>();
    for (int object = 1; object <= objects; object++) {
      double[] region = new double[truth.size() - 2];
      double[] boundary = new double[region.length];
      for (int frame = 0; frame < region.length; frame++) {
        MaskImage ours = found.get(frame + 1);
        MaskImage theirs = truth.get(frame + 1);
        if (ours.width() != theirs.width() || ours.height() != theirs.height()) {
          throw new IllegalArgumentException(
              "masks of frame %d must have equal sizes, but have %d x %d and %d x %d"
                  .formatted(
                      frame + 1, ours.width(), ours.height(), theirs.width(), theirs.height()));
        }
        boolean[] a = ours.of(object);
        boolean[] b = theirs.of(object);
        region[frame] = MaskMeasures.region(a, b);
        boundary[frame] = MaskMeasures.boundary(a, b, theirs.width(), theirs.height());
      }
      scores.add(
          new ObjectScores(MeasureSummary.ofFrames(region), MeasureSummary.ofFrames(boundary)));
    }
    return scores;
  }

  /** The mean over objects, at least one. */
  public static VideoScores of(List<ObjectScores> objects) {
    if (objects.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one object in the true masks");
    }
    return new VideoScores(
        objects.size(),
        MeasureSummary.ofObjects(objects.stream().map(ObjectScores::region).toList()),
        MeasureSummary.ofObjects(objects.stream().map(ObjectScores::boundary).toList()));
  }
}
