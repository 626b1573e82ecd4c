package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where pictures of images are written, never over the images themselves. */
record OutputFolder(Path path) {

  private static final Pattern FRAME = Pattern.compile("frame-\\d{5,}\\.png");

  /** Name of a frame of a video; numbers begin at 1. */
  static String frame(int number) {
    return "frame-%05d.png".formatted(number);
  }

  /**
   * Refuses a folder of images, or one in it, as a wrong argument: what is written would replace
   * images, or be taken for some the next time.
   *
   * @param option that named the sources
   * @param sources folders or lists of images
   */
  void requireOutside(String option, List<Path> sources, CommandLine commandLine)
      throws IOException {
    Path real = real(path.toAbsolutePath().normalize());
    for (Path source : sources) {
      if (Files.isDirectory(source) && real.startsWith(source.toRealPath())) {
        throw new ParameterException(
            commandLine,
            "--out must lie outside the images of %s, but '%s' is in '%s'; choose another --out"
                .formatted(option, path, source));
      }
    }
  }

  /** Refuses a folder with frames, of a video or of a longer one before, as a wrong argument. */
  void requireNoFrames(CommandLine commandLine) throws IOException {
    if (!Files.isDirectory(path)) {
      return;
    }
    try (Stream<Path> inside = Files.list(path)) {
      Optional<Path> found =
          inside.filter(file -> FRAME.matcher(file.getFileName().toString()).matches()).findAny();
      if (found.isPresent()) {
        throw new ParameterException(
            commandLine,
            "--out must hold no frames yet, but there is '%s'; remove them or choose another --out"
                .formatted(found.get()));
      }
    }
  }

  /** Follows the links of the part that exists. */
  private static Path real(Path absolute) throws IOException {
    Path parent = absolute.getParent();
    return Files.exists(absolute) || parent == null
        ? absolute.toRealPath()
        : real(parent).resolve(absolute.getFileName());
  }
}
