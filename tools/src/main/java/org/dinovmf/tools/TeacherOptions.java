package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which teacher is exported. */
final class TeacherOptions {

  @Option(names = "--run", paramLabel = "RUN", required = true, description = "Folder of the run.")
  private Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint folder (default: the run's newest whole one).")
  private Optional<Path> checkpoint;

  /**
   * The teacher.
   *
   * @param log gets a line for each damaged checkpoint that was passed over
   */
  TrainedEncoder open(PrintWriter log) throws IOException {
    return TrainedEncoder.of(run, checkpoint, log::println);
  }
}
