package org.dinovmf.tools.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Seconds of something done again and again. */
final class Timings {

  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private final List<Double> seconds = new ArrayList<>();

  Timings() {
    this(System::nanoTime);
  }

  /** With another clock. */
  Timings(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Does it once, and keeps how long it took. */
  void time(Runnable work) {
    long begin = nanoTime.getAsLong();
    work.run();
    seconds.add((nanoTime.getAsLong() - begin) / NANOS);
  }

  double median() {
    return quantile(0.5);
  }

  /** Linear between two of them, as NumPy's default. */
  double quantile(double share) {
    List<Double> sorted = seconds.stream().sorted().toList();
    double position = share * (sorted.size() - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (position - below) * (sorted.get(above) - sorted.get(below));
  }
}
