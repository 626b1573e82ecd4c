package org.dinovmf.tools.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.DecodedBatches;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddedRow;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.features.Pixels;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageResize;
import org.dinovmf.training.data.Labels;

/**
 * Images as a teacher with its head sees them, in parallel lists.
 *
 * @param files those that could be read
 * @param tokens class token of each
 * @param embeddings of each on the unit sphere of the head
 * @param labels class of each, numbers into {@code classes}; empty where images have none
 * @param classes names, by number
 * @param all how many images the folder has; the files may be a sample
 */
public record SeenImages(
    List<ImageFile> files,
    List<float[]> tokens,
    List<float[]> embeddings,
    List<Integer> labels,
    List<String> classes,
    int all) {

  public SeenImages {
    files = List.copyOf(files);
    tokens = List.copyOf(tokens);
    embeddings = List.copyOf(embeddings);
    labels = List.copyOf(labels);
    classes = List.copyOf(classes);
  }

  /** Whether every image has a class. */
  public boolean isLabeled() {
    return !labels.isEmpty();
  }

  /**
   * Encodes the images of an index, or a sample at even distances in the order of their names.
   *
   * @param most images to take
   * @param log gets a line for each image that is left out
   * @throws DataException if none can be read
   */
  public static SeenImages of(
      Encoder encoder, ImageIndex index, int most, EmbedConfig config, Consumer<String> log)
      throws IOException {
    int count = Math.min(most, index.size());
    Optional<Labels> known = index.labels().filter(labels -> labels.unlabeledCount() == 0);
    List<Integer> positions = new ArrayList<>();
    List<ImageRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int position = (int) ((long) i * index.size() / count);
      positions.add(position);
      rows.add(ImageRow.of(index.images().get(position)));
    }
    List<ImageFile> files = new ArrayList<>();
    List<float[]> tokens = new ArrayList<>();
    List<float[]> embeddings = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int dim = encoder.dimension();
    try (DecodedBatches<float[][][]> batches =
        new DecodedBatches<>(
            new DecodedBatches.Work<>(
                dim + encoder.prototypes()[0].length,
                encoder.spec().channels(),
                (image, path) ->
                    Pixels.of(ImageResize.shorterSideAndCrop(image, encoder.spec().transform())),
                pixels -> both(encoder, pixels)),
            config)) {
      batches.embed(
          rows,
          0,
          (first, found) -> {
            for (int i = 0; i < found.size(); i++) {
              EmbeddedRow row = found.get(i);
              int position = positions.get(first + i);
              ImageFile file = index.images().get(position);
              if (row.isBad()) {
                log.accept("left out: %s: %s".formatted(file.relativePath(), row.reason()));
                continue;
              }
              files.add(file);
              tokens.add(Arrays.copyOf(row.embedding(), dim));
              embeddings.add(Arrays.copyOfRange(row.embedding(), dim, row.embedding().length));
              known.ifPresent(names -> labels.add(names.label(position)));
            }
            return true;
          });
    }
    if (files.isEmpty()) {
      throw new DataException(
          "at least one image must be readable, but all %d that were looked at are bad, such as '%s'"
              .formatted(count, rows.get(0).image().orElseThrow().path()));
    }
    return new SeenImages(
        files,
        tokens,
        embeddings,
        labels,
        known.map(Labels::names).orElse(List.of()),
        index.size());
  }

  /** Class token and place on the sphere, one after the other. */
  private static float[][] both(Encoder encoder, List<float[][][]> images) {
    if (images.isEmpty()) {
      return new float[0][];
    }
    float[][][][] pixels = images.toArray(float[][][][]::new);
    float[][] tokens = encoder.embedPixels(pixels);
    float[][] embeddings = encoder.sphereEmbeddings(pixels);
    float[][] rows = new float[tokens.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOf(tokens[i], tokens[i].length + embeddings[i].length);
      System.arraycopy(embeddings[i], 0, rows[i], tokens[i].length, embeddings[i].length);
    }
    return rows;
  }
}
