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
 * @param rows of the finished files
 * @param dimension values a row
 * @param done rows written
 * @param csvBytes length of the list of images that belongs to these rows
 */
record EmbeddingProgress(
    String data, String model, int rows, int dimension, int done, long csvBytes) {

  private static final ObjectMapper JSON = new ObjectMapper();

  EmbeddingProgress after(int newDone, long newCsvBytes) {
    return new EmbeddingProgress(data, model, rows, dimension, newDone, newCsvBytes);
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
