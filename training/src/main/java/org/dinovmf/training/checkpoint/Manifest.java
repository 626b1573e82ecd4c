package org.dinovmf.training.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Names, sizes and SHA-256 sums of a checkpoint's files. It is written last: a folder without a
 * manifest is not a checkpoint.
 *
 * @param formatVersion of the checkpoint, see {@link #FORMAT_VERSION}
 */
record Manifest(int formatVersion, Map<String, Entry> files) {

  /** Raised when an older program could not read a newer checkpoint. */
  static final int FORMAT_VERSION = 1;

  static final String FILE_NAME = "manifest.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Size in bytes and sum of one file. */
  record Entry(long size, String sha256) {}

  Manifest {
    files = Map.copyOf(files);
  }

  /** The manifest of a folder's present files. */
  static Manifest of(Path directory) throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        entries.put(file.getFileName().toString(), entry(file));
      }
    }
    return new Manifest(FORMAT_VERSION, entries);
  }

  void write(Path directory) throws IOException {
    Map<String, Object> ordered = new TreeMap<>();
    ordered.put("formatVersion", formatVersion);
    ordered.put("files", new TreeMap<>(files));
    Files.write(directory.resolve(FILE_NAME), JSON.writeValueAsBytes(ordered));
  }

  /**
   * Reads the manifest and compares it with the files.
   *
   * @throws CheckpointException naming the first damage
   */
  static void verify(Path directory) throws IOException {
    Manifest manifest = read(directory);
    for (String name : List.copyOf(new TreeMap<>(manifest.files()).keySet())) {
      Entry expected = manifest.files().get(name);
      Path file = directory.resolve(name);
      if (!Files.isRegularFile(file)) {
        throw new CheckpointException("checkpoint '%s' lacks '%s'".formatted(directory, name));
      }
      if (Files.size(file) != expected.size()) {
        throw new CheckpointException(
            "checkpoint file '%s' has %d bytes instead of %d"
                .formatted(file, Files.size(file), expected.size()));
      }
      if (!entry(file).equals(expected)) {
        throw new CheckpointException(
            "checkpoint file '%s' is damaged: its SHA-256 differs from the manifest"
                .formatted(file));
      }
    }
  }

  private static Manifest read(Path directory) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    try {
      JsonNode tree = JSON.readTree(Files.readAllBytes(file));
      JsonNode version = tree.path("formatVersion");
      if (!version.isInt()) {
        throw new CheckpointException("checkpoint file '%s' is damaged".formatted(file));
      }
      // Before the rest is read, which a newer program may have given other fields.
      if (version.intValue() != FORMAT_VERSION) {
        throw new CheckpointException(
            "checkpoint '%s' has format version %d, but this program reads version %d"
                .formatted(directory, version.intValue(), FORMAT_VERSION));
      }
      return JSON.treeToValue(tree, Manifest.class);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          "'%s' is not a finished checkpoint: it has no %s".formatted(directory, FILE_NAME), e);
    } catch (JsonProcessingException e) {
      throw new CheckpointException("checkpoint file '%s' is damaged".formatted(file), e);
    }
  }

  private static Entry entry(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        size += read;
      }
    }
    return new Entry(size, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
