package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;

/** Reads a part of a file from its beginning, in pieces. */
final class ByteCursor {

  private static final int WINDOW = 1 << 13;

  private final ByteSource source;
  private final long end;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowEnd;

  ByteCursor(ByteSource source, long position, long bytes) {
    this.source = source;
    this.windowEnd = position;
    this.end = position + bytes;
  }

  /** Of the next byte within the file. */
  long position() {
    return windowEnd - window.remaining();
  }

  /** How many bytes are left. */
  long remaining() {
    return end - position();
  }

  int unsignedByte() throws IOException {
    return Byte.toUnsignedInt(need(1).get());
  }

  int unsignedShort() throws IOException {
    return Short.toUnsignedInt(need(Short.BYTES).getShort());
  }

  int signedInt() throws IOException {
    return need(Integer.BYTES).getInt();
  }

  long unsignedInt() throws IOException {
    return Integer.toUnsignedLong(signedInt());
  }

  long signedLong() throws IOException {
    return need(Long.BYTES).getLong();
  }

  /** A text of so many bytes. */
  String text(long count, Charset charset) throws IOException {
    byte[] bytes = bytes(count);
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException("a text in it is not " + charset, e);
    }
  }

  /** So many bytes, which must be there before room is made for them. */
  byte[] bytes(long count) throws IOException {
    require(count);
    byte[] bytes = new byte[(int) count];
    int buffered = (int) Math.min(count, window.remaining());
    window.get(bytes, 0, buffered);
    ByteBuffer rest = ByteBuffer.wrap(bytes, buffered, bytes.length - buffered);
    int left = rest.remaining();
    source.read(windowEnd, rest);
    windowEnd += left;
    return bytes;
  }

  /** Passes over so many bytes. */
  void skip(long count) throws FormatException {
    if (count < 0 || count > remaining()) {
      throw new FormatException("the data is cut off");
    }
    windowEnd = position() + count;
    window = ByteBuffer.allocate(0);
  }

  private void require(long count) throws FormatException {
    if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 8) {
      throw new FormatException("it is cut off, or a length in it is wrong");
    }
  }

  private ByteBuffer need(int count) throws IOException {
    if (window.remaining() < count) {
      require(count);
      long position = position();
      int size = (int) Math.min(WINDOW, end - position);
      ByteBuffer next = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
      source.read(position, next);
      window = next.flip();
      windowEnd = position + size;
    }
    return window;
  }
}
