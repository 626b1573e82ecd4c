package org.dinovmf.tools.embed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dinovmf.training.checkpoint.AtomicFile;

/**
 * What finished embeddings are of.
 *
 * @param testEmbedding by which the encoder is known, whatever file it comes from: {@link
 *     TestPattern#embedding}
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
record EmbeddingOrigin(float[] testEmbedding) {

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  EmbeddingOrigin {
    if (testEmbedding == null || testEmbedding.length == 0) {
      throw new IllegalArgumentException("a test embedding must have values");
    }
  }

  void write(Path file) throws IOException {
    AtomicFile.write(file, out -> out.write(JSON.writeValueAsBytes(this)));
  }

  static EmbeddingOrigin read(Path file) throws IOException {
    String fault =
        "'%s' is damaged; remove this file alone, and the model is not checked".formatted(file);
    try {
      EmbeddingOrigin origin = JSON.readValue(Files.readAllBytes(file), EmbeddingOrigin.class);
      if (origin == null) {
        throw new IOException(fault);
      }
      return origin;
    } catch (JsonProcessingException e) {
      throw new IOException(fault, e);
    }
  }
}
