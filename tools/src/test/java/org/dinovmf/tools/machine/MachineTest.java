package org.dinovmf.tools.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  @TempDir Path groups;

  @Test
  void readsTheQuotaOfEitherVersion() throws IOException {
    assertEquals(Optional.empty(), CpuQuota.cores(groups));
    Files.createDirectories(groups.resolve("cpu"));
    Files.writeString(groups.resolve("cpu/cpu.cfs_quota_us"), "-1\n");
    Files.writeString(groups.resolve("cpu/cpu.cfs_period_us"), "100000\n");
    assertEquals(Optional.empty(), CpuQuota.cores(groups));
    Files.writeString(groups.resolve("cpu/cpu.cfs_quota_us"), "50000\n");
    assertEquals(Optional.of(0.5), CpuQuota.cores(groups));
    Files.writeString(groups.resolve("cpu.max"), "max 100000\n");
    assertEquals(Optional.empty(), CpuQuota.cores(groups));
    Files.writeString(groups.resolve("cpu.max"), "150000 100000\n");
    assertEquals(Optional.of(1.5), CpuQuota.cores(groups));
  }

  @Test
  void readsTheProcessor() {
    Processor found =
        Processor.of(
            List.of(
                "processor\t: 0",
                "model name\t: Test 3000: fast",
                "flags\t\t: fpu fma avx2 avx512_bf16 fpu",
                "model name\t: Test 3000: fast"));
    assertEquals(new Processor("Test 3000: fast", List.of("avx2", "fma", "avx512_bf16")), found);
    assertEquals(new Processor(System.getProperty("os.arch"), List.of()), Processor.of(List.of()));
    assertEquals(
        List.of("asimd", "bf16"), Processor.of(List.of("Features\t: fp asimd bf16")).features());
  }

  @Test
  void namesTheLibrariesThatAreNotThere() {
    assertEquals(
        List.of("libcuda.so.1", "libcudnn.so.9"),
        CudaLibraries.missing(
            name -> !name.startsWith("libcuda.") && !name.startsWith("libcudnn.")));
  }
}
