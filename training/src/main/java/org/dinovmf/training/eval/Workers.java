package org.dinovmf.training.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that share a range of independent pieces of work. */
public final class Workers implements AutoCloseable {

  private final int threads;
  private final ExecutorService pool;

  /** Opens the threads, at least one. */
  public Workers(int threads) {
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  /** Work on the pieces from one up to another. */
  @FunctionalInterface
  public interface Part {
    void work(int from, int to);
  }

  /** Splits {@code [0, count)} among the threads and waits for all. */
  public void run(int count, Part part) {
    List<Future<?>> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int from = (int) ((long) count * i / threads);
      int to = (int) ((long) count * (i + 1) / threads);
      if (from < to) {
        parts.add(pool.submit(() -> part.work(from, to)));
      }
    }
    try {
      for (Future<?> done : parts) {
        done.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a part of the work failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the work was interrupted", e);
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
