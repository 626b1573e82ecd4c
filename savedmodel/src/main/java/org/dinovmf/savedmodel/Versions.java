package org.dinovmf.savedmodel;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The numbered folders below a model's, as servers expect them: 1, 2, and so on. */
public final class Versions {

  static final String MODEL_FILE = "saved_model.pb";

  /** Servers skip other names, and those that start with 0. */
  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,17}");

  private Versions() {}

  /**
   * The folder itself if it is a SavedModel, else its version of the highest number; without
   * symbolic links, so that all that is read next is of one model.
   *
   * @throws IOException if there is no SavedModel
   */
  public static Path resolve(Path model) throws IOException {
    if (!Files.isDirectory(model)) {
      throw new IOException("'%s' is not a SavedModel: no such folder".formatted(model));
    }
    if (Files.isRegularFile(model.resolve(MODEL_FILE))) {
      return model.toRealPath();
    }
    OptionalLong highest = highest(model);
    Path version = model.resolve(Long.toString(highest.orElse(0)));
    if (highest.isEmpty() || !Files.isRegularFile(version.resolve(MODEL_FILE))) {
      throw new IOException(
          "'%s' is not a SavedModel: it holds no %s"
              .formatted(highest.isEmpty() ? model : version, MODEL_FILE));
    }
    return version.toRealPath();
  }

  /** Gives a finished folder the number after the highest; never replaces one. */
  static Path publish(Path finished, Path model) throws IOException {
    while (true) {
      Path version = model.resolve(Long.toString(highest(model).orElse(0) + 1));
      try {
        return Files.move(finished, version, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
        // Another export took the number in between; the next look sees it.
        if (!Files.isDirectory(version)) {
          throw e;
        }
      }
    }
  }

  private static OptionalLong highest(Path model) throws IOException {
    try (Stream<Path> entries = Files.list(model)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> NUMBER.matcher(name).matches())
          .mapToLong(Long::parseLong)
          .max();
    }
  }
}
