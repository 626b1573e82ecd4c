package org.dinovmf.tools.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user gives.
 *
 * @param flags the words of each option, by key
 * @param file given with {@code --config}
 * @param preset given with {@code --preset}
 */
public record Request(
    Map<String, List<String>> flags, Optional<Path> file, Optional<String> preset) {

  public Request {
    flags = Map.copyOf(flags);
  }

  /** Nothing. */
  public static Request none() {
    return new Request(Map.of(), Optional.empty(), Optional.empty());
  }
}
