package org.dinovmf.training.data;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.dinovmf.graph.preprocessing.Channels;

/** Decoded images kept in memory: those of a whole index, or none. Thread safe. */
final class PixelCache {

  private final AtomicReferenceArray<DecodedImage> images;

  private PixelCache(int size) {
    images = new AtomicReferenceArray<>(size);
  }

  /** Keeps every image if all fit; a part would help little, as an epoch visits each image once. */
  static PixelCache of(ImageIndex index, Channels channels, long maxBytes) {
    long bytes = 0;
    for (ImageFile image : index.images()) {
      bytes += channels.count() * image.pixels();
    }
    return new PixelCache(bytes <= maxBytes ? index.size() : 0);
  }

  Optional<DecodedImage> get(int image) {
    return images.length() == 0 ? Optional.empty() : Optional.ofNullable(images.get(image));
  }

  void put(int image, DecodedImage pixels) {
    if (images.length() > 0) {
      images.set(image, pixels);
    }
  }
}
