package org.dinovmf.tools.config;

/**
 * Two numbers, the first at most the second.
 *
 * @param min least value
 * @param max greatest value
 */
public record Range(double min, double max) {

  public Range {
    if (!(min <= max)) {
      throw new IllegalArgumentException(
          "a range must go from the lesser to the greater number, but is %s to %s"
              .formatted(min, max));
    }
  }
}
