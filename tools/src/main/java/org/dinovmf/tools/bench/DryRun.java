package org.dinovmf.tools.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dinovmf.tools.report.Timing;
import org.dinovmf.training.Devices;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.optimizer.AdamW;

/**
 * What a run would take, from a few of its steps on noise: parameters, memory by part, time.
 *
 * @param encoder values of the student's encoder
 * @param head of its head, without prototypes
 * @param prototypes of its prototypes
 * @param teacher of the teacher
 * @param optimizer of the moments
 * @param sums of gradients over micro-batches
 * @param peakMemory resident bytes of the process at most, 0 where the system does not tell or a
 *     GPU holds the network
 * @param secondsPerStep median
 * @param steps that are to be done
 */
public record DryRun(
    long encoder,
    long head,
    long prototypes,
    long teacher,
    long optimizer,
    long sums,
    long peakMemory,
    double secondsPerStep,
    long steps) {

  private static final int WARMUP = 2;
  private static final int TIMED = 5;
  private static final double MILLION = 1e6;
  private static final double MIB = 1 << 20;

  /**
   * Builds the step and does a few.
   *
   * @param images of an epoch
   * @param done steps that the run has done already
   */
  public static DryRun of(TrainConfig config, int threads, boolean usesGpu, int images, long done)
      throws IOException {
    long steps = steps(config, images);
    try (StepBench bench = new StepBench(config, Devices.session(threads, usesGpu))) {
      double seconds = bench.median(WARMUP, TIMED);
      String student = TrainGraph.STUDENT + "/";
      return new DryRun(
          bench.values(student + TrainGraph.BACKBONE),
          bench.values(student + TrainGraph.HEAD + "/mlp"),
          bench.values(student + TrainGraph.HEAD)
              - bench.values(student + TrainGraph.HEAD + "/mlp"),
          bench.values(TrainGraph.TEACHER + "/"),
          bench.values(AdamW.FIRST_MOMENT + "/") + bench.values(AdamW.SECOND_MOMENT + "/"),
          bench.values(TrainGraph.ACCUMULATOR + "/"),
          usesGpu ? 0 : ResidentMemory.peak(),
          seconds,
          Math.max(0, steps - done));
    }
  }

  /** Steps of a whole run. */
  static long steps(TrainConfig config, int images) {
    return (long) (images / config.batch().total()) * config.schedule().epochs();
  }

  private long student() {
    return encoder + head + prototypes;
  }

  /** For people, one fact a line. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "Parameters: %.2f million in the encoder, %.2f in the head, %.2f in the prototypes",
            encoder / MILLION, head / MILLION, prototypes / MILLION));
    long known = Float.BYTES * (2 * student() + teacher + optimizer + sums);
    lines.add(
        text(
            "Memory, MiB: student %.0f, its gradients %.0f, teacher %.0f, optimizer %.0f, sums of gradients %.0f",
            mebibytes(student()),
            mebibytes(student()),
            mebibytes(teacher),
            mebibytes(optimizer),
            mebibytes(sums)));
    if (peakMemory > 0) {
      lines.add(
          text(
              "Memory, MiB: %.0f at most in this process, of which %.0f for activations and the program itself",
              peakMemory / MIB, Math.max(0, peakMemory - known) / MIB));
    } else {
      lines.add("Memory for activations: not measured here");
    }
    lines.add(text("Step: %.3f s, the median of %d on noise", secondsPerStep, TIMED));
    Duration whole = Duration.ofMillis(Math.round(1e3 * secondsPerStep * steps));
    lines.add(
        text(
            "Run: %d steps to do, %s, if images come fast enough, and without evaluation",
            steps, Timing.words(whole)));
    return List.copyOf(lines);
  }

  private static double mebibytes(long values) {
    return values * Float.BYTES / MIB;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
