package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Random access to the numbers in a file's header; reads blocks, so that skipping costs little. */
final class HeaderBytes {

  /** Enough for the whole header of most images, and one page to read. */
  private static final int BLOCK_BYTES = 4096;

  private interface Source {
    int read(ByteBuffer target, long position) throws IOException;
  }

  private final Source source;
  private final long length;
  private final byte[] block;
  private long blockStart;
  private int blockLength;

  private HeaderBytes(Source source, long length, int blockBytes) {
    this.source = source;
    this.length = length;
    this.block = new byte[blockBytes];
  }

  /** Of an open file of the given length; closing it stays with the caller. */
  static HeaderBytes of(FileChannel channel, long length) {
    return new HeaderBytes(channel::read, length, BLOCK_BYTES);
  }

  /** Of a file that is in memory. */
  static HeaderBytes of(byte[] file) {
    Source source =
        (target, position) -> {
          int count = Math.min(target.remaining(), file.length - (int) position);
          target.put(file, (int) position, count);
          return count;
        };
    return new HeaderBytes(source, file.length, Math.min(BLOCK_BYTES, file.length));
  }

  /** The file's length in bytes. */
  long length() {
    return length;
  }

  /** The first bytes, at most {@code count}. */
  byte[] head(int count) throws IOException {
    int available = (int) Math.min(count, length);
    byte[] head = new byte[available];
    for (int i = 0; i < available; i++) {
      head[i] = (byte) u8(i);
    }
    return head;
  }

  int u8(long position) throws IOException {
    if (position < blockStart || position >= blockStart + blockLength) {
      fill(position);
    }
    return block[(int) (position - blockStart)] & 0xFF;
  }

  int u16be(long position) throws IOException {
    return u8(position) << 8 | u8(position + 1);
  }

  int u16le(long position) throws IOException {
    return u8(position) | u8(position + 1) << 8;
  }

  int u24le(long position) throws IOException {
    return u16le(position) | u8(position + 2) << 16;
  }

  long u32be(long position) throws IOException {
    return (long) u16be(position) << 16 | u16be(position + 2);
  }

  long u32le(long position) throws IOException {
    return u16le(position) | (long) u16le(position + 2) << 16;
  }

  /** Whether the text stands at the position; false beyond the end. */
  boolean has(long position, String ascii) throws IOException {
    if (position + ascii.length() > length) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (u8(position + i) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void fill(long position) throws IOException {
    if (position < 0 || position >= length) {
      throw new BadImageException(
          "truncated: the header goes on after the end of the file at byte " + length);
    }
    ByteBuffer target = ByteBuffer.wrap(block);
    blockStart = position;
    blockLength = 0;
    while (target.hasRemaining() && position + target.position() < length) {
      if (source.read(target, position + target.position()) <= 0) {
        break;
      }
    }
    blockLength = target.position();
    if (blockLength == 0) {
      throw new BadImageException("the file became shorter while it was read");
    }
    Arrays.fill(block, blockLength, block.length, (byte) 0);
  }
}
