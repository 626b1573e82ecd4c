package org.dinovmf.training.data;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Runs decoding in threads of its own, which the caller leaves behind when one takes too long: no
 * decoder can be interrupted. A thread works while its caller waits, so that no more are busy than
 * there are callers, but for those left behind. Thread safe.
 */
final class TimedDecodes {

  /** A wait that takes this much longer than asked for was one of a process that stood still. */
  private static final int STOOD_STILL = 2;

  private final Duration timeout;
  private final Runnable onUnused;
  private final LongSupplier nanoTime;
  private final ExecutorService pool =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "image-decoder");
            thread.setDaemon(true);
            return thread;
          });

  /** Decodes that have begun and not ended, and whether no more may begin; guarded by this. */
  private int running;

  private boolean isClosed;

  /**
   * Without threads until the first call.
   *
   * @param onUnused called once, when this is closed and the last decode has ended
   */
  TimedDecodes(Duration timeout, Runnable onUnused) {
    this(timeout, onUnused, System::nanoTime);
  }

  /** The same with another clock. */
  TimedDecodes(Duration timeout, Runnable onUnused, LongSupplier nanoTime) {
    this.timeout = timeout;
    this.onUnused = onUnused;
    this.nanoTime = nanoTime;
  }

  /**
   * The result of the work.
   *
   * @throws BadImageException what the work throws, or that it takes too long
   */
  DecodedImage run(Callable<DecodedImage> work) throws BadImageException {
    begin();
    FutureTask<DecodedImage> task =
        new FutureTask<>(
            () -> {
              try {
                return work.call();
              } finally {
                end();
              }
            });
    try {
      pool.execute(task);
    } catch (RuntimeException | Error e) { // no thread to be had
      end();
      throw e;
    }
    try {
      return result(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while an image was decoded", e);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  /** A process that was suspended is no reason to call an image bad: then the wait begins anew. */
  private DecodedImage result(FutureTask<DecodedImage> task)
      throws BadImageException, InterruptedException, ExecutionException {
    while (true) {
      long begin = nanoTime.getAsLong();
      try {
        return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (nanoTime.getAsLong() - begin < STOOD_STILL * timeout.toNanos()) {
          throw new BadImageException(
              "decoding was given up after %s seconds".formatted(timeout.toMillis() / 1000.0), e);
        }
      }
    }
  }

  /** Lets those end that were left behind, and waits for none. */
  void close() {
    boolean isUnused;
    synchronized (this) {
      isUnused = !isClosed && running == 0;
      isClosed = true;
    }
    pool.shutdown();
    if (isUnused) {
      onUnused.run();
    }
  }

  private synchronized void begin() {
    if (isClosed) {
      throw new IllegalStateException("the decoder is closed");
    }
    running++;
  }

  private void end() {
    boolean isUnused;
    synchronized (this) {
      running--;
      isUnused = isClosed && running == 0;
    }
    if (isUnused) {
      onUnused.run();
    }
  }

  /** An error such as a heap that is full stays what it is. */
  private static BadImageException rethrown(Throwable fault) {
    if (fault instanceof Error error) {
      throw error;
    }
    if (fault instanceof RuntimeException mistake) {
      throw mistake;
    }
    if (fault instanceof BadImageException bad) {
      return bad;
    }
    throw new IllegalStateException("decoding failed: " + fault.getMessage(), fault);
  }
}
