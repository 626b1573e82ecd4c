package org.dinovmf.tools.machine;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How many cores the container grants, which may be fewer than there are. */
public final class CpuQuota {

  private static final String UNLIMITED = "max";

  private CpuQuota() {}

  /** Cores by the quota of the control group of version 2 or 1; empty without one. */
  public static Optional<Double> cores() throws IOException {
    return cores(Path.of("/sys/fs/cgroup"));
  }

  static Optional<Double> cores(Path groups) throws IOException {
    Path both = groups.resolve("cpu.max");
    if (Files.isReadable(both)) {
      List<String> words = Splitter.on(' ').splitToList(Files.readString(both).strip());
      return cores(words.get(0), words.get(1));
    }
    Path quota = groups.resolve("cpu/cpu.cfs_quota_us");
    if (!Files.isReadable(quota)) {
      return Optional.empty();
    }
    return cores(
        Files.readString(quota).strip(),
        Files.readString(groups.resolve("cpu/cpu.cfs_period_us")).strip());
  }

  private static Optional<Double> cores(String quota, String period) {
    return quota.equals(UNLIMITED) || quota.startsWith("-")
        ? Optional.empty()
        : Optional.of(Double.parseDouble(quota) / Double.parseDouble(period));
  }
}
