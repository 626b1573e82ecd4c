package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * TensorFlow's pools have the threads that a run asks for, whatever opens a session first; in
 * processes of their own, because a process has its pools for good.
 */
@EnabledOnOs(OS.LINUX) // which shows the threads of a process as files
@Tag("slow")
class ThreadPoolsTest {

  // Of ops side by side, inside an op, and inside a compiled function.
  private static final int POOLS = 3;

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    TinyTraining.writeImages(folder.resolve("images"));
  }

  @Test
  void everyPoolHasTheThreadsOfTheRun() throws IOException, InterruptedException {
    assertEquals(POOLS * (6 - 2), nativeThreads(6) - nativeThreads(2));
  }

  private int nativeThreads(int threads) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                OpenRun.class.getName(),
                folder.resolve("images").toString(),
                folder.resolve("run-" + threads).toString(),
                "" + threads)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String told =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), told);
    return Integer.parseInt(told);
  }

  /** Opens a run as the command line does, and counts the threads that are not the JVM's. */
  static final class OpenRun {

    private OpenRun() {}

    /** Takes the folder of the images, that of the run and the number of threads. */
    @SuppressWarnings("try") // the run is open while its threads are counted, and not used
    public static void main(String[] args) throws IOException {
      int threads = Integer.parseInt(args[2]);
      boolean hasGpu = Devices.hasGpu(threads);
      try (Trainer trainer =
              TinyTraining.open(
                  Path.of(args[0]), Path.of(args[1]), threads, Devices.session(threads, hasGpu));
          Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
        long unnamed = tasks.filter(OpenRun::isUnnamed).count();
        System.out.println(unnamed);
      }
    }

    /** The JVM names its own threads; the others have the name of the program. */
    private static boolean isUnnamed(Path task) {
      try {
        return Files.readString(task.resolve("comm")).strip().equals("java");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
