package org.dinovmf.training.data;

import java.nio.file.Path;

/**
 * One image whose header was read.
 *
 * @param path where to open it
 * @param relativePath its name in the index, with '/' between folders; see {@link ImageIndexer} for
 *     how it is made. Random choices and the fingerprint depend on it and never on {@code path}
 * @param format from its content
 * @param width stored width in pixels, before {@code orientation} is applied
 * @param height stored height in pixels, before {@code orientation} is applied
 * @param orientation EXIF orientation, 1 (as stored) to 8
 * @param length file size in bytes
 */
public record ImageFile(
    Path path,
    String relativePath,
    ImageFormat format,
    int width,
    int height,
    int orientation,
    long length) {

  /** The number of pixels. */
  public long pixels() {
    return (long) width * height;
  }

  /** Whether the picture has to be turned or mirrored to be seen upright. */
  public boolean isRotated() {
    return orientation != 1;
  }
}
