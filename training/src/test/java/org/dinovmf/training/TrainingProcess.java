package org.dinovmf.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A process that trains, tells of each step and waits for leave to do the next; to be killed. */
final class TrainingProcess {

  private TrainingProcess() {}

  /** Takes the folder of the images, that of the run and the number of threads. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int threads = Integer.parseInt(args[2]);
    TinyTraining.Log log =
        new TinyTraining.Log() {
          @Override
          public void reported(Report report) {
            System.out.println(line(report.step(), report.mean()));
            awaitLeave();
          }
        };
    try (Trainer trainer =
        TinyTraining.open(
            Path.of(args[0]), Path.of(args[1]), threads, Devices.session(threads, false))) {
      trainer.train(log, () -> false);
    }
  }

  private static void awaitLeave() {
    try {
      if (System.in.read() < 0) {
        throw new IllegalStateException("nobody gives leave any more");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With every bit of the values. */
  static String line(long step, StepResult result) {
    return "%d %s %s %s %s"
        .formatted(
            step,
            Double.toHexString(result.loss()),
            Double.toHexString(result.targetEntropy()),
            Double.toHexString(result.gradientNorm()),
            result.measures());
  }
}
