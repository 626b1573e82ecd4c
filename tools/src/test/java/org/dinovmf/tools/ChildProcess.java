package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program in a process of its own, for what a process has only once. */
final class ChildProcess {

  private static final int MINUTES = 5;

  private ChildProcess() {}

  /**
   * Runs the program to its end.
   *
   * @param shell commands before it in the same process, such as {@code "ulimit -f 100;"}
   * @param jvm options of the JVM
   * @param mainClass with a main method
   */
  static CommandRun run(
      Path folder, String shell, List<String> jvm, Class<?> mainClass, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "-c", shell + " exec \"$0\" \"$@\""));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "the process hangs");
    } finally {
      process.destroyForcibly();
    }
    return new CommandRun(process.exitValue(), read(out), read(err));
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
