package org.dinovmf.tools.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The processor, as far as Linux tells.
 *
 * @param name of the model
 * @param features those of them that matter to matrix products
 */
public record Processor(String name, List<String> features) {

  private static final List<String> OF_INTEREST =
      List.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16", "sve");

  public Processor {
    features = List.copyOf(features);
  }

  /** This machine's. */
  public static Processor here() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    return of(Files.isReadable(file) ? Files.readAllLines(file) : List.of());
  }

  static Processor of(List<String> lines) {
    String flags = value(lines, "flags", value(lines, "Features", ""));
    Set<String> has = Set.copyOf(List.of(flags.split(" ")));
    String name = value(lines, "model name", System.getProperty("os.arch"));
    return new Processor(name, OF_INTEREST.stream().filter(has::contains).toList());
  }

  private static String value(List<String> lines, String key, String absent) {
    return lines.stream()
        .filter(line -> line.startsWith(key) && line.indexOf(':') > 0)
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(absent);
  }
}
