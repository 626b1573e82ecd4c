package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dinovmf.ops.Precision;
import org.dinovmf.tools.config.DeviceChoice;
import org.dinovmf.tools.machine.CpuQuota;
import org.dinovmf.tools.machine.CudaLibraries;
import org.dinovmf.tools.machine.GpuSettings;
import org.dinovmf.tools.machine.Hardware;
import org.dinovmf.tools.machine.Processor;
import org.dinovmf.training.Devices;
import org.dinovmf.training.GemmPeak;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dino-vmf doctor}: what this machine has and what it lacks. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Prints what matters of this machine: versions, devices, missing CUDA libraries, memory,"
            + " processor, threads, and the speed of a matrix product.")
public final class DoctorCommand implements Callable<Integer> {

  private static final Duration TRIAL = Duration.ofSeconds(2);
  private static final double GIB = 1L << 30;
  private static final double GIGA = 1e9;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    for (String version : new Main.Versions().getVersion()) {
      line("version", "%s", version);
    }
    int threads = Runtime.getRuntime().availableProcessors();
    Hardware hardware = Hardware.of(DeviceChoice.AUTO, threads);
    line("device", hardware.usesGpu() ? "GPU" : "CPU; TensorFlow finds no GPU");
    List<String> missing = CudaLibraries.missing();
    line(
        "CUDA libraries",
        "%s",
        missing.isEmpty()
            ? "none is missing"
            : "missing %s; only the CUDA build (DINO_VMF_GPU=1) needs them"
                .formatted(String.join(", ", missing)));
    GpuSettings gpu = GpuSettings.of(System.getenv());
    line("GPU's TF32", "%s", gpu.tf32());
    line("GPU's XLA", "%s", gpu.xla());
    line("GPU's memory", "%s", gpu.memory());
    line(
        "memory",
        "%.1f GiB, of which Java may use %.1f beside TensorFlow's",
        hardware.memoryBytes() / GIB,
        Runtime.getRuntime().maxMemory() / GIB);
    Processor processor = Processor.here();
    line("processor", "%s: %s", processor.name(), String.join(" ", processor.features()));
    line(
        "threads",
        "%d; %s",
        threads,
        CpuQuota.cores()
            .map(cores -> String.format(Locale.ROOT, "the container grants %.2f cores", cores))
            .orElse("no quota found in the root control group"));
    for (Precision precision : Precision.values()) {
      double rate =
          GemmPeak.flopsPerSecond(Devices.session(threads, hardware.usesGpu()), TRIAL, precision);
      line("product", "%.0f GFLOP/s in %s", rate / GIGA, precision.label());
    }
    return ExitCodes.DONE;
  }

  private void line(String name, String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "%-16s%s%n", name, String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
