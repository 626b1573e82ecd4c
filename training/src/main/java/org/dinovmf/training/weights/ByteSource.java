package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes that can be read at any position, so that a large file is never in memory as a whole. */
interface ByteSource {

  long size();

  /** Fills the target's remaining space; a fault where the bytes end before. */
  void read(long position, ByteBuffer target) throws IOException;

  /** The bytes of a file, which stays the caller's to close. */
  static ByteSource of(FileChannel channel) throws IOException {
    return new OfFile(channel, channel.size());
  }

  /** The bytes of an array. */
  static ByteSource of(byte[] bytes) {
    return new OfArray(bytes);
  }

  /** See {@link #of(FileChannel)}. */
  record OfFile(FileChannel channel, long size) implements ByteSource {

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
      requireInside(this, position, target);
      for (long at = position; target.hasRemaining(); ) {
        int count = channel.read(target, at);
        if (count < 0) {
          throw new FormatException("the file became shorter while it was read");
        }
        at += count;
      }
    }
  }

  /** See {@link #of(byte[])}. */
  final class OfArray implements ByteSource {

    private final byte[] bytes;

    private OfArray(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long position, ByteBuffer target) throws FormatException {
      requireInside(this, position, target);
      target.put(bytes, (int) position, target.remaining());
    }
  }

  private static void requireInside(ByteSource source, long position, ByteBuffer target)
      throws FormatException {
    if (position < 0 || position > source.size() - target.remaining()) {
      throw new FormatException(
          "%d bytes at %d are past the end of the file at %d"
              .formatted(target.remaining(), position, source.size()));
    }
  }
}
