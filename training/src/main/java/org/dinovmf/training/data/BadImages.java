package org.dinovmf.training.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The bad images of a run: counts each once, names it in a file of JSON lines with the fields
 * {@code path}, {@code file} and {@code reason}, and stops the run when they are too many. Thread
 * safe.
 */
public final class BadImages {

  private static final JsonFactory JSON = new JsonFactory();

  private final Optional<Path> file;
  private final BadImagePolicy policy;
  private final int total;
  private final Set<String> written = new HashSet<>();
  private final Set<String> seen = new HashSet<>();

  private BadImages(Optional<Path> file, BadImagePolicy policy, int total) {
    this.file = file;
    this.policy = policy;
    this.total = total;
  }

  /**
   * Begins with the images that were found damaged while indexing.
   *
   * @param file written on; images that it names already are not named again
   * @throws DataException if there are too many already
   */
  public static BadImages recordedIn(Path file, ImageIndex index, BadImagePolicy policy)
      throws IOException {
    BadImages result = new BadImages(Optional.of(file), policy, total(index));
    if (Files.exists(file)) {
      result.readWritten(file);
    }
    return result.addAll(index);
  }

  /**
   * The same without a file.
   *
   * @throws DataException if there are too many already
   */
  public static BadImages unrecorded(ImageIndex index, BadImagePolicy policy) {
    return new BadImages(Optional.empty(), policy, total(index)).addAll(index);
  }

  /** How many images were found bad in this run. */
  public synchronized int count() {
    return seen.size();
  }

  /**
   * Counts and records one.
   *
   * @throws DataException if this is one too many
   */
  synchronized void add(DamagedFile bad) {
    if (!seen.add(bad.relativePath())) {
      return;
    }
    if (written.add(bad.relativePath())) {
      file.ifPresent(target -> write(target, bad));
    }
    policy.check(seen.size(), total, "%s: %s".formatted(bad.relativePath(), bad.reason()));
  }

  private static int total(ImageIndex index) {
    return index.size() + index.census().damaged().size();
  }

  /** Records all before any can stop the run: the user repairs them in one go. */
  private BadImages addAll(ImageIndex index) {
    for (DamagedFile damaged : index.census().damaged()) {
      seen.add(damaged.relativePath());
      if (written.add(damaged.relativePath())) {
        file.ifPresent(target -> write(target, damaged));
      }
    }
    index.census().damaged().stream()
        .findFirst()
        .ifPresent(
            first ->
                policy.check(
                    seen.size(), total, "%s: %s".formatted(first.relativePath(), first.reason())));
    return this;
  }

  private static void write(Path target, DamagedFile bad) {
    StringWriter line = new StringWriter();
    try {
      try (JsonGenerator json = JSON.createGenerator(line)) {
        json.writeStartObject();
        json.writeStringField("path", bad.relativePath());
        json.writeStringField("file", bad.path().toString());
        json.writeStringField("reason", bad.reason());
        json.writeEndObject();
      }
      Files.writeString(
          target,
          line.append('\n').toString(),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write %s: %s".formatted(target, e.getMessage()), e);
    }
  }

  private void readWritten(Path target) throws IOException {
    // A run that was killed may have left half a character, which a strict decoder refuses.
    String text = new String(Files.readAllBytes(target), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      path(line).ifPresent(written::add);
    }
    if (!text.isEmpty() && !text.endsWith("\n")) { // a run was killed while it wrote
      Files.writeString(target, "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }
  }

  /** The path that a line names, or nothing if the line was not finished. */
  private static Optional<String> path(String line) throws IOException {
    Optional<String> path = Optional.empty();
    try (JsonParser json = JSON.createParser(line)) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.FIELD_NAME && json.currentName().equals("path")) {
          path = Optional.ofNullable(json.nextTextValue());
        }
      }
      return path;
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
