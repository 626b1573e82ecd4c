package org.dinovmf.training.data;

/**
 * How many bad images a run bears: it stops when more than {@code maxShare} of all images and more
 * than {@code tolerated} images are bad.
 *
 * @param maxShare of the images found, good and bad, 0 to 1
 * @param tolerated a number that never stops a run, however small the data set
 */
public record BadImagePolicy(double maxShare, int tolerated) {

  public BadImagePolicy {
    new Faults()
        .requireProbability("share of bad images", maxShare)
        .require(tolerated >= 0, "tolerated bad images must not be negative, but is " + tolerated)
        .throwIfAny();
  }

  /** One percent, but never at 10 images or fewer. */
  public static BadImagePolicy standard() {
    return new BadImagePolicy(0.01, 10);
  }

  /** A fixed number, whatever the size of the data set. */
  public static BadImagePolicy atMost(int count) {
    return new BadImagePolicy(0, count);
  }

  /**
   * Ends the run if it must not go on.
   *
   * @param bad number of bad images so far
   * @param total images found, good and bad
   * @param example the path of one bad image and the reason
   * @throws DataException if there are too many
   */
  void check(int bad, int total, String example) {
    if (bad > tolerated && bad > maxShare * total) {
      throw new DataException(
          "%d of %d images are bad, such as %s; repair or remove them, or allow more with --max-bad-images"
              .formatted(bad, total, example));
    }
  }
}
