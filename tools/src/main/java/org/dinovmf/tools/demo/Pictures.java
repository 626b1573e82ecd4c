package org.dinovmf.tools.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.Labels;

/**
 * Decoded pictures of one size with their classes.
 *
 * @param images all of the same size
 * @param labels of each image, numbers into {@code classes}
 */
record Pictures(List<DecodedImage> images, List<Integer> labels, List<String> classes) {

  /** Every image of an index whose first folders are the classes. */
  static Pictures of(ImageIndex index, ImageDecoder decoder) throws IOException {
    Labels labels =
        index
            .labels()
            .orElseThrow(() -> new IllegalArgumentException("the images have no class folders"));
    List<DecodedImage> images = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < index.size(); i++) {
      try {
        images.add(decoder.decode(index.images().get(i)));
      } catch (BadImageException e) {
        throw new IOException(
            "'%s' is damaged: %s".formatted(index.images().get(i).path(), e.getMessage()), e);
      }
      numbers.add(labels.label(i));
    }
    return new Pictures(List.copyOf(images), List.copyOf(numbers), labels.names());
  }

  /** The same pictures, each moved; see {@link MovedImages}. */
  Pictures moved(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new Pictures(
        images.stream().map(image -> MovedImages.move(image, random)).toList(), labels, classes);
  }

  /** One channel of each picture, in 0..1: the raw pixels as features. */
  List<float[]> grayPixels() {
    List<float[]> rows = new ArrayList<>();
    for (DecodedImage image : images) {
      byte[] pixels = image.pixels();
      float[] row = new float[pixels.length / 3];
      for (int j = 0; j < row.length; j++) {
        row[j] = Byte.toUnsignedInt(pixels[3 * j]) / 255f;
      }
      rows.add(row);
    }
    return rows;
  }

  /** Pictures {@code from} to {@code to} one after another, every channel, in 0..1. */
  float[] pixels(int from, int to) {
    int length = images.get(from).pixels().length;
    float[] values = new float[(to - from) * length];
    for (int i = from; i < to; i++) {
      byte[] pixels = images.get(i).pixels();
      for (int j = 0; j < length; j++) {
        values[(i - from) * length + j] = Byte.toUnsignedInt(pixels[j]) / 255f;
      }
    }
    return values;
  }
}
