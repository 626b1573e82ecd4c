package org.dinovmf.training.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;

/** Keeps two programs from writing the same files. */
public final class WriteLock {

  private WriteLock() {}

  /**
   * Locks a file until its channel is closed.
   *
   * @param fault what to say where another holds it
   * @throws IOException if another does, in this program or another one
   */
  public static void hold(FileChannel channel, String fault) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException(fault);
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(fault, e);
    }
  }
}
