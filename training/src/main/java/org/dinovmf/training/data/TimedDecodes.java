package org.dinovmf.training.data;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs decoding in threads of its own, which the caller leaves behind when one takes too long: no
 * decoder can be interrupted. A thread works while its caller waits, so that no more are busy than
 * there are callers, but for those left behind. Thread safe.
 */
final class TimedDecodes {

  private final Duration timeout;
  private final Runnable onUnused;
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
    this.timeout = timeout;
    this.onUnused = onUnused;
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
    pool.execute(task);
    try {
      return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BadImageException(
          "decoding was given up after %s seconds".formatted(timeout.toMillis() / 1000.0), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while an image was decoded", e);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
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
