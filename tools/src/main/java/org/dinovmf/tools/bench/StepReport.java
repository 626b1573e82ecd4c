package org.dinovmf.tools.bench;

import java.util.List;
import java.util.Locale;

/**
 * What an optimizer step costs.
 *
 * @param images of a step
 * @param threads of each pool
 * @param steps that were timed
 * @param medianSeconds of a step
 * @param p10Seconds a tenth of the steps take less
 * @param p90Seconds a tenth of the steps take more
 * @param imagesPerSecond at the median
 * @param firstStepSeconds from the beginning of the graph's construction to the end of step 1
 * @param forwardShare of the step: student, teacher and loss
 * @param backwardShare of the step: gradients
 * @param updateShare of the step: clipping, AdamW, moving averages
 * @param products floating-point operations of the matrix products of a step
 * @param productRate floating-point operations per second at the median, products alone counted
 * @param gemmPeak floating-point operations per second of one large product in the precision of
 *     layers; with bfloat16 the products of prototypes, which stay float32, cannot reach it
 * @param peakMemory resident bytes, 0 where the system does not tell
 * @param ops times by type, where they were asked for
 */
record StepReport(
    int images,
    int threads,
    int steps,
    double medianSeconds,
    double p10Seconds,
    double p90Seconds,
    double imagesPerSecond,
    double firstStepSeconds,
    double forwardShare,
    double backwardShare,
    double updateShare,
    double products,
    double productRate,
    double gemmPeak,
    long peakMemory,
    List<OpTime> ops) {

  private static final double GIGA = 1e9;
  private static final double MIB = 1 << 20;
  private static final int SHOWN_OPS = 15;

  StepReport {
    ops = List.copyOf(ops);
  }

  /** As a table for people. */
  String table() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "step",
        "%.1f ms (10 %% below %.1f, 10 %% above %.1f; %d steps)",
        1e3 * medianSeconds,
        1e3 * p10Seconds,
        1e3 * p90Seconds,
        steps);
    line(text, "images", "%.1f a second, %d a step, %d threads", imagesPerSecond, images, threads);
    line(
        text,
        "products",
        "%.1f GFLOP a step, %.0f GFLOP/s, %.0f %% of the peak of %.0f GFLOP/s",
        products / GIGA,
        productRate / GIGA,
        100 * productRate / gemmPeak,
        gemmPeak / GIGA);
    line(
        text,
        "shares",
        "forward %.0f %%, backward %.0f %%, clipping and updates %.0f %%",
        100 * forwardShare,
        100 * backwardShare,
        100 * updateShare);
    line(text, "first step", "%.1f s after the command's graph was begun", firstStepSeconds);
    if (peakMemory > 0) {
      line(text, "memory", "%.0f MiB resident at most", peakMemory / MIB);
    }
    if (!ops.isEmpty()) {
      double all = ops.stream().mapToDouble(OpTime::milliseconds).sum();
      text.append("\nOps of one step, ms, share of all ops, count:\n");
      for (OpTime op : ops.subList(0, Math.min(SHOWN_OPS, ops.size()))) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %-28s %9.2f %5.1f %% %6d%n",
                op.op(),
                op.milliseconds(),
                100 * op.milliseconds() / all,
                op.count()));
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(String.format(Locale.ROOT, "%-12s", name))
        .append(String.format(Locale.ROOT, format, values))
        .append(System.lineSeparator());
  }
}
