package org.dinovmf.graph.preprocessing;

/**
 * What a pixel of an image holds. These are the kinds that image files have; a network itself takes
 * any number of channels.
 */
public enum Channels {
  /** The luma of the color: ITU-R BT.601, which is the value itself where the picture is gray. */
  GRAY(1),
  /** Red, green, blue; gray is repeated, transparency is dropped and not blended. */
  COLOR(3),
  /** Red, green, blue, and opacity, which is full where the file has none. */
  COLOR_AND_ALPHA(4);

  private final int count;

  Channels(int count) {
    this.count = count;
  }

  /** Values of a pixel. */
  public int count() {
    return count;
  }

  /** How many of them are a color or a gray: all but the opacity. */
  public int shades() {
    return this == COLOR_AND_ALPHA ? COLOR.count : count;
  }

  /**
   * The kind with so many values.
   *
   * @throws IllegalArgumentException if no kind has
   */
  public static Channels of(int count) {
    for (Channels channels : values()) {
      if (channels.count == count) {
        return channels;
      }
    }
    throw new IllegalArgumentException(
        "channels must be 1 (gray), 3 (color) or 4 (color and alpha), but are " + count);
  }
}
