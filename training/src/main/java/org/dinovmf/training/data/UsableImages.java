package org.dinovmf.training.data;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pixels of the images of an index, with a good image in the place of a bad one. Thread safe.
 */
final class UsableImages {

  private final ImageIndex index;
  private final ImageDecoder decoder;
  private final PixelCache cache;
  private final BadImages badImages;

  /** Positions in the index that were tried in vain, so that each is decoded once only. */
  private final Set<Integer> unusable = ConcurrentHashMap.newKeySet();

  /**
   * One image.
   *
   * @param image its position in the index
   */
  record Loaded(int image, DecodedImage pixels) {}

  UsableImages(ImageIndex index, ImageDecoder decoder, PixelCache cache, BadImages badImages) {
    this.index = index;
    this.decoder = decoder;
    this.cache = cache;
    this.badImages = badImages;
  }

  /**
   * The image at a place of an epoch's order, or the next good one from {@code distance} places
   * later, the order being taken as a circle.
   *
   * @throws DataException if no image can be decoded, or too many cannot
   */
  Loaded load(int[] order, int place, int distance) {
    Optional<DecodedImage> pixels = decode(order[place]);
    if (pixels.isPresent()) {
      return new Loaded(order[place], pixels.get());
    }
    for (int i = 0; i < order.length; i++) {
      int image = order[(int) (((long) place + distance + i) % order.length)];
      pixels = decode(image);
      if (pixels.isPresent()) {
        return new Loaded(image, pixels.get());
      }
    }
    throw new DataException(
        "none of the %d images can be decoded; see the reasons given for each"
            .formatted(order.length));
  }

  /** The pixels of an image, or nothing if it is bad. */
  private Optional<DecodedImage> decode(int image) {
    Optional<DecodedImage> cached = cache.get(image);
    if (cached.isPresent() || unusable.contains(image)) {
      return cached;
    }
    ImageFile file = index.images().get(image);
    try {
      DecodedImage pixels = decoder.decode(file);
      cache.put(image, pixels);
      return Optional.of(pixels);
    } catch (BadImageException e) {
      unusable.add(image);
      badImages.add(new DamagedFile(file.path(), file.relativePath(), e.getMessage()));
      return Optional.empty();
    }
  }
}
