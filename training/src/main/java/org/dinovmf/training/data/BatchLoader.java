package org.dinovmf.training.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The endless sequence of batches of a run, made ahead of time by threads of its own.
 *
 * <p>An epoch visits the images in an order that depends on (seed, epoch, relative path); what is
 * left over for less than a step's batches is dropped. An image that cannot be decoded is replaced
 * by the next good one in the epoch's order, counted from one batch later, so that a batch does not
 * hold an image twice. The batch at a position is therefore the same bytes whatever the number of
 * threads and wherever the run began.
 *
 * <p>{@link #next} is for one thread. Closing stops the threads and waits for them; the decoder
 * stays open.
 */
public final class BatchLoader implements AutoCloseable {

  private final ImageIndex index;
  private final MultiCropConfig crops;
  private final LoaderConfig config;
  private final UsableImages images;
  private final int batchesPerEpoch;
  private final List<Thread> workers = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Begun and finished batches in order; guarded by the lock, as all that follows. */
  private final Deque<PendingBatch> pending = new ArrayDeque<>();

  private BatchPosition upcoming;
  private int[] order = {};
  private long orderEpoch = -1;
  private Optional<Throwable> failure = Optional.empty();

  /** Also read without the lock, between two crops. */
  private volatile boolean isClosed;

  private long waitNanos;

  /** One row of a batch, for one worker. */
  private record Row(PendingBatch batch, int row) {}

  /**
   * Starts the threads.
   *
   * @param decoder open for as long as this loader
   * @param badImages counts what cannot be decoded
   * @param start the position of the first batch
   * @throws DataException if a step takes more images than there are
   */
  public BatchLoader(
      ImageIndex index,
      ImageDecoder decoder,
      MultiCropConfig crops,
      LoaderConfig config,
      BadImages badImages,
      BatchPosition start) {
    this.index = index;
    this.crops = crops;
    this.config = config;
    this.images =
        new UsableImages(index, decoder, PixelCache.of(index, config.cacheBytes()), badImages);
    this.batchesPerEpoch = batchesPerEpoch(index, config);
    if (start.batch() >= batchesPerEpoch) {
      throw new IllegalArgumentException(
          "batch %d of an epoch of %d batches does not exist"
              .formatted(start.batch(), batchesPerEpoch));
    }
    PendingBatch.requireAddressable(config.batchSize(), crops);
    this.upcoming = start;
    for (int i = 0; i < config.threads(); i++) {
      Thread worker = new Thread(this::work, "batch-loader-" + i);
      worker.setDaemon(true);
      workers.add(worker);
    }
    workers.forEach(Thread::start);
  }

  /**
   * How many batches an epoch has: a whole number of steps.
   *
   * @throws DataException if there is not one
   */
  public static int batchesPerEpoch(ImageIndex index, LoaderConfig config) {
    long perStep = (long) config.batchSize() * config.batchesPerStep();
    long steps = index.size() / perStep;
    if (steps == 0) {
      throw new DataException(
          "a step takes %d images (%d batches of %d), but there are only %d; use a batch size of at most %d"
              .formatted(
                  perStep,
                  config.batchesPerStep(),
                  config.batchSize(),
                  index.size(),
                  Math.max(1, index.size() / config.batchesPerStep())));
    }
    return Math.toIntExact(steps * config.batchesPerStep());
  }

  /** How many batches an epoch has. */
  public int batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /**
   * The next batch; waits for it if need be.
   *
   * @throws DataException if too many images are bad
   */
  public Batch next() throws InterruptedException {
    lock.lock();
    try {
      long begin = System.nanoTime();
      while (failure.isEmpty() && !isClosed && !isFirstFinished()) {
        changed.await();
      }
      waitNanos += System.nanoTime() - begin;
      if (failure.isPresent()) {
        throw rethrown(failure.get());
      }
      if (isClosed) {
        throw new IllegalStateException("the batch loader is closed");
      }
      Batch batch = pending.removeFirst().batch();
      changed.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Total time that {@link #next} has waited, in nanoseconds. */
  public long waitNanos() {
    lock.lock();
    try {
      return waitNanos;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFirstFinished() {
    return !pending.isEmpty() && pending.getFirst().isFinished();
  }

  /** Keeps the type, which decides on the exit code, and the stack of the worker as it is. */
  private static RuntimeException rethrown(Throwable failure) {
    if (failure instanceof DataException data) {
      return new DataException(data.getMessage(), data);
    }
    return new IllegalStateException("loading images failed: " + failure, failure);
  }

  private void work() {
    MultiCrop multiCrop = new MultiCrop(crops, config.seed());
    try {
      for (Optional<Row> row = take(); row.isPresent(); row = take()) {
        fill(row.get(), multiCrop);
        finish(row.get());
      }
    } catch (Throwable e) { // whatever it is, the thread in next() must learn of it
      fail(e);
    }
  }

  /** The next row to make, or nothing when the loader is closed. */
  private Optional<Row> take() throws InterruptedException {
    lock.lock();
    try {
      while (!isClosed && failure.isEmpty() && !hasRoom()) {
        changed.await();
      }
      if (isClosed || failure.isPresent()) {
        return Optional.empty();
      }
      if (pending.isEmpty() || pending.getLast().isTaken()) {
        pending.addLast(begin());
      }
      return Optional.of(new Row(pending.getLast(), pending.getLast().take()));
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() {
    return pending.size() < config.prefetchBatches() || !pending.getLast().isTaken();
  }

  private PendingBatch begin() {
    if (orderEpoch != upcoming.epoch()) {
      order = EpochOrder.of(index, config.seed(), upcoming.epoch());
      orderEpoch = upcoming.epoch();
    }
    PendingBatch batch =
        new PendingBatch(config.batchSize(), crops, config.masks(), order, upcoming);
    upcoming = upcoming.next(batchesPerEpoch);
    return batch;
  }

  private void fill(Row row, MultiCrop multiCrop) {
    Batch batch = row.batch.batch();
    int place = batch.position().batch() * config.batchSize() + row.row;
    UsableImages.Loaded loaded = images.load(row.batch.order(), place, config.batchSize());
    batch.images()[row.row] = loaded.image();
    long epoch = batch.position().epoch();
    String path = index.images().get(loaded.image()).relativePath();
    config.masks().ifPresent(plan -> mask(plan, batch, epoch, path, row.row));
    for (int view = 0; view < crops.views() && !isClosed; view++) {
      multiCrop.apply(
          loaded.pixels(),
          epoch,
          path,
          view,
          view < MultiCropConfig.GLOBAL_CROPS ? batch.global() : batch.local(),
          batch.offset(view, row.row));
    }
  }

  private void mask(MaskPlan plan, Batch batch, long epoch, String path, int row) {
    for (int view = 0; view < MultiCropConfig.GLOBAL_CROPS; view++) {
      int offset = (view * batch.size() + row) * plan.patches();
      plan.draw(config.seed(), epoch, path, view, batch.mask(), offset);
    }
  }

  private void finish(Row row) {
    lock.lock();
    try {
      row.batch.finishRow();
      if (row.batch.isFinished()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable fault) {
    lock.lock();
    try {
      if (failure.isEmpty()) {
        failure = Optional.of(fault);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean isInterrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) { // the decoder may be closed only after they ended
          isInterrupted = true;
        }
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
