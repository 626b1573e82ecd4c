package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.demo.NextCommands;
import org.dinovmf.tools.report.Console;
import org.dinovmf.tools.report.RunReporter;
import org.dinovmf.training.Trainer;

/** Trains to the end or until it is asked to stop, and reports on the way. */
final class TrainingRun {

  /** Set by the launcher: newer JVMs no longer tell whether the log goes to a terminal. */
  private static final String TERMINAL = "dino-vmf.terminal";

  private final Trainer trainer;
  private final TrainingPlan plan;
  private final Path run;

  /**
   * A run that is about to begin.
   *
   * @param trainer stays the caller's
   * @param run folder of the run
   */
  TrainingRun(Trainer trainer, TrainingPlan plan, Path run) {
    this.trainer = trainer;
    this.plan = plan;
    this.run = run;
  }

  /** Returns the exit code. */
  int train(PrintWriter out, PrintWriter log) throws IOException, InterruptedException {
    Console console =
        new Console(
            out,
            log,
            Boolean.getBoolean(TERMINAL),
            Clock.system(ZoneId.systemDefault()),
            Optional.of("--preset cpu-96, or fewer --epochs"));
    try (StopSignal stop = StopSignal.install(log, "the step is finished and saved");
        RunReporter reporter =
            new RunReporter(run, settings(), console, evaluation(), Clock.systemUTC())) {
      return switch (trainer.train(reporter, stop::isRequested)) {
        case STOPPED -> {
          console.line(
              "Stopped and saved at step %d of %d; go on with: dino-vmf train --resume --out %s"
                  .formatted(
                      trainer.state().step(), trainer.totalSteps(), NextCommands.quoted(run)));
          yield ExitCodes.STOPPED;
        }
        case FINISHED -> {
          console.line(
              "Done; export it with: dino-vmf export savedmodel --run %s --out MODEL"
                  .formatted(NextCommands.quoted(run)));
          yield ExitCodes.DONE;
        }
      };
    }
  }

  private RunReporter.Settings settings() {
    double warmupEpochs =
        Math.max(
            plan.resolved().get(Settings.WARMUP_EPOCHS),
            plan.resolved().get(Settings.WARMUP_TEACHER_TEMP_EPOCHS));
    return new RunReporter.Settings(
        trainer.state().step(), warmupEpochs, plan.resolved().knnEvery().orElse(1));
  }

  private TeacherEvaluation evaluation() {
    return new TeacherEvaluation(trainer, plan.knn(), plan.resolved().runOptions().threads());
  }
}
