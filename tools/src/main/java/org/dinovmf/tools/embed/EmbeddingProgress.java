package org.dinovmf.tools.embed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * How far unfinished files go, and what they are of.
 *
 * @param data fingerprint of the images
 * @param model fingerprint of the model
 * @param allowsTruncated whether images with a damaged end are embedded
 * @param rows of the finished files
 * @param dimension values a row
 * @param done rows written
 * @param bad of these, rows without an embedding
 * @param csvBytes length of the list of images that belongs to these rows
 */
record EmbeddingProgress(
    String data,
    String model,
    boolean allowsTruncated,
    int rows,
    int dimension,
    int done,
    int bad,
    long csvBytes) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Nothing written yet. */
  static EmbeddingProgress start(
      String data, String model, boolean allowsTruncated, int rows, int dimension) {
    return new EmbeddingProgress(data, model, allowsTruncated, rows, dimension, 0, 0, 0);
  }

  EmbeddingProgress after(int newDone, int newBad, long newCsvBytes) {
    return new EmbeddingProgress(
        data, model, allowsTruncated, rows, dimension, newDone, newBad, newCsvBytes);
  }

  /** Whether both speak of the same images, model and rules of decoding. */
  boolean isOfTheSame(EmbeddingProgress other) {
    return after(0, 0, 0).equals(other.after(0, 0, 0));
  }

  /** Replaces the file as a whole, so that a kill leaves the one before. */
  void write(Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(aside, JSON.writeValueAsBytes(this));
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  static EmbeddingProgress read(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), EmbeddingProgress.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "'%s' is damaged; remove the folder and start again".formatted(file), e);
    }
  }
}
