package org.dinovmf.training.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that saves checkpoints until it is killed, and tells where it is: {@code begun N},
 * {@code half N}, {@code written N} and {@code saved N}.
 */
final class SavingLoop {

  static final String DATA = "weights.data-00000-of-00001";

  private static final int KEEP = 2;
  private static final int PARTS = 64;

  private SavingLoop() {}

  /** Goes on from the newest checkpoint of the run in the folder given. */
  public static void main(String[] args) throws IOException {
    Checkpoints checkpoints = checkpoints(Path.of(args[0]));
    long step =
        checkpoints.latestValid(SavingLoop::tell).map(newest -> newest.state().step()).orElse(0L);
    while (true) {
      step++;
      long number = step;
      checkpoints.save(new TrainState(step, step, 1, 0), prefix -> write(prefix, number));
      tell("saved " + step);
    }
  }

  static Checkpoints checkpoints(Path run) {
    return new Checkpoints(run, KEEP);
  }

  private static void write(Path prefix, long step) throws IOException {
    tell("begun " + step);
    try (OutputStream out = Files.newOutputStream(prefix.resolveSibling(DATA))) {
      for (int part = 0; part < PARTS; part++) {
        out.write(ByteBuffer.allocate(1 << 14).putLong(step).putInt(part).array());
        if (part == PARTS / 2) {
          tell("half " + step);
        }
      }
    }
    Files.writeString(prefix.resolveSibling("weights.index"), "" + step);
    tell("written " + step);
  }

  /** What {@link #write} writes first. */
  static long stepOf(Checkpoint checkpoint) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(checkpoint.directory().resolve(DATA))).getLong();
  }

  private static void tell(String line) {
    System.out.println(line);
  }
}
