package org.dinovmf.training.data;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Decoded images kept in memory: those of a whole index, or none. Thread safe. */
final class PixelCache {

  private final AtomicReferenceArray<RgbImage> images;

  private PixelCache(int size) {
    images = new AtomicReferenceArray<>(size);
  }

  /** Keeps every image if all fit; a part would help little, as an epoch visits each image once. */
  static PixelCache of(ImageIndex index, long maxBytes) {
    long bytes = 0;
    for (ImageFile image : index.images()) {
      bytes += 3 * image.pixels();
    }
    return new PixelCache(bytes <= maxBytes ? index.size() : 0);
  }

  Optional<RgbImage> get(int image) {
    return images.length() == 0 ? Optional.empty() : Optional.ofNullable(images.get(image));
  }

  void put(int image, RgbImage pixels) {
    if (images.length() > 0) {
      images.set(image, pixels);
    }
  }
}
