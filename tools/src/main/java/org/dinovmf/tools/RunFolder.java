package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The folder of a run that is to be made. */
final class RunFolder {

  private RunFolder() {}

  /** Refuses a folder that holds something. */
  static void requireNew(CommandLine commandLine, Path run) throws IOException {
    if (Files.exists(run) && !isEmptyFolder(run)) {
      throw new ParameterException(
          commandLine, "'%s' exists and is left as it is; give --out another name".formatted(run));
    }
  }

  private static boolean isEmptyFolder(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(path)) {
      return inside.findAny().isEmpty();
    }
  }
}
