package org.dinovmf.tools.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory of this process, native memory included. */
final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
  private static final long KIB = 1024;

  private ResidentMemory() {}

  /** The most bytes that were resident so far; 0 where the system does not tell (macOS). */
  static long peak() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    for (String line : Files.readAllLines(STATUS)) {
      Matcher matcher = PEAK.matcher(line);
      if (matcher.matches()) {
        return Long.parseLong(matcher.group(1)) * KIB;
      }
    }
    return 0;
  }
}
