package org.dinovmf.training.data;

import java.time.Duration;

/**
 * When an image whose header is whole counts as bad.
 *
 * @param allowsTruncated whether a JPEG or PNG with a damaged or missing end is taken as far as it
 *     decodes
 * @param timeout an image that takes longer to decode is bad
 */
public record DecodeRules(boolean allowsTruncated, Duration timeout) {

  public DecodeRules {
    new Faults()
        .require(timeout.compareTo(Duration.ZERO) > 0, "timeout must be above 0, but is " + timeout)
        .throwIfAny();
  }

  /**
   * Whole images only, and a minute for each: the largest picture that {@link ScanLimits} let pass
   * takes a few seconds, so that a loaded machine does not make a good image bad.
   */
  public static DecodeRules standard() {
    return new DecodeRules(false, Duration.ofMinutes(1));
  }
}
