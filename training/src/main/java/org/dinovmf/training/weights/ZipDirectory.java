package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a zip file whose data is stored as it is, which is how PyTorch writes it. Nothing
 * is unpacked, so an entry is never larger than the file.
 *
 * <p>Sums are not compared: PyTorch can be told to write none.
 */
final class ZipDirectory {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int WIDE_END_SIGNATURE = 0x06064b50;
  private static final int WIDE_END_BYTES = 56;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int WIDE_EXTRA = 1;
  private static final long NARROW_LIMIT = 0xffffffffL;
  private static final int ENCRYPTED = 1;

  /** Where the data of an entry lies. */
  record Entry(long position, long size) {}

  private final ByteSource source;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private ZipDirectory(ByteSource source) {
    this.source = source;
  }

  /** Whether a file begins as a zip file does. */
  static boolean isZip(ByteSource source) throws IOException {
    return source.size() >= END_BYTES && read(source, 0, 4).getInt() == LOCAL_SIGNATURE;
  }

  /** Entries by name. */
  static Map<String, Entry> of(ByteSource source) throws IOException {
    ZipDirectory directory = new ZipDirectory(source);
    directory.readAll();
    return directory.entries;
  }

  private void readAll() throws IOException {
    long endPosition = findEnd();
    ByteBuffer end = read(source, endPosition, END_BYTES);
    long size = end.getInt(12) & NARROW_LIMIT;
    long position = end.getInt(16) & NARROW_LIMIT;
    if (size == NARROW_LIMIT || position == NARROW_LIMIT || end.getShort(10) == -1) {
      ByteBuffer wide = wideEnd(endPosition);
      size = wide.getLong(40);
      position = wide.getLong(48);
    }
    if (size < 0 || position < 0 || size > endPosition || position > endPosition - size) {
      throw damaged("its directory lies outside of the file");
    }
    if (size > Integer.MAX_VALUE - Long.BYTES) {
      throw damaged("its directory says that it takes %d bytes".formatted(size));
    }
    ByteBuffer central = read(source, position, (int) size);
    while (central.hasRemaining()) {
      readEntry(central, position);
    }
    requireApart();
  }

  private long findEnd() throws IOException {
    int tail = (int) Math.min(source.size(), END_BYTES + MAX_COMMENT);
    ByteBuffer buffer = read(source, source.size() - tail, tail);
    for (int at = tail - END_BYTES; at >= 0; at--) {
      if (buffer.getInt(at) == END_SIGNATURE
          && (buffer.getShort(at + 20) & MAX_COMMENT) == tail - END_BYTES - at) {
        return source.size() - tail + at;
      }
    }
    throw damaged("it has no directory; was the file copied as a whole?");
  }

  private ByteBuffer wideEnd(long endPosition) throws IOException {
    ByteBuffer locator = read(source, endPosition - LOCATOR_BYTES, LOCATOR_BYTES);
    if (locator.getInt() != LOCATOR_SIGNATURE) {
      throw damaged("its directory is not found");
    }
    ByteBuffer wide = read(source, locator.getLong(8), WIDE_END_BYTES);
    if (wide.getInt() != WIDE_END_SIGNATURE) {
      throw damaged("its directory is not found");
    }
    return wide;
  }

  private void readEntry(ByteBuffer central, long directoryPosition) throws IOException {
    if (central.remaining() < CENTRAL_BYTES) {
      throw damaged("its directory is cut off");
    }
    int begin = central.position();
    if (central.getInt() != CENTRAL_SIGNATURE) {
      throw damaged("its directory is not in order");
    }
    int flags = central.getShort(begin + 8);
    int method = central.getShort(begin + 10);
    long packed = central.getInt(begin + 20) & NARROW_LIMIT;
    long size = central.getInt(begin + 24) & NARROW_LIMIT;
    int nameBytes = central.getShort(begin + 28) & MAX_COMMENT;
    int extraBytes = central.getShort(begin + 30) & MAX_COMMENT;
    int commentBytes = central.getShort(begin + 32) & MAX_COMMENT;
    long local = central.getInt(begin + 42) & NARROW_LIMIT;
    central.position(begin + CENTRAL_BYTES);
    if (central.remaining() < nameBytes + extraBytes + commentBytes) {
      throw damaged("its directory is cut off");
    }
    byte[] name = new byte[nameBytes];
    central.get(name);
    ByteBuffer extra = central.slice(central.position(), extraBytes).order(central.order());
    central.position(central.position() + extraBytes + commentBytes);

    ByteBuffer wide = wideFields(extra);
    size = size == NARROW_LIMIT ? next(wide) : size;
    packed = packed == NARROW_LIMIT ? next(wide) : packed;
    local = local == NARROW_LIMIT ? next(wide) : local;
    if (method != 0 || packed != size || (flags & ENCRYPTED) != 0) {
      throw new FormatException(
          "the entries of a checkpoint's zip file must be stored as they are, but '%s' is compressed or encrypted"
              .formatted(printable(name)));
    }
    add(name, local, size, directoryPosition);
  }

  private void add(byte[] name, long local, long size, long directoryPosition) throws IOException {
    ByteBuffer header = read(source, local, LOCAL_BYTES);
    if (header.getInt(0) != LOCAL_SIGNATURE
        || (header.getShort(26) & MAX_COMMENT) != name.length
        || !read(source, local + LOCAL_BYTES, name.length).equals(ByteBuffer.wrap(name))) {
      throw damaged("entry '%s' is not where the directory says".formatted(printable(name)));
    }
    long position = local + LOCAL_BYTES + name.length + (header.getShort(28) & MAX_COMMENT);
    if (size < 0 || position > directoryPosition - size) {
      throw damaged("entry '%s' reaches past the data".formatted(printable(name)));
    }
    String text = new String(name, StandardCharsets.UTF_8);
    if (entries.put(text, new Entry(position, size)) != null) {
      throw damaged("it has two entries '%s'".formatted(printable(name)));
    }
  }

  private static ByteBuffer wideFields(ByteBuffer extra) throws FormatException {
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & MAX_COMMENT;
      int length = extra.getShort() & MAX_COMMENT;
      if (length > extra.remaining()) {
        throw damaged("an entry's extra field is cut off");
      }
      if (id == WIDE_EXTRA) {
        return extra.slice(extra.position(), length).order(extra.order());
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }

  private static long next(ByteBuffer wide) throws FormatException {
    if (wide.remaining() < Long.BYTES) {
      throw damaged("an entry lacks its 64-bit sizes");
    }
    return wide.getLong();
  }

  private void requireApart() throws FormatException {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::position));
    long end = 0;
    for (Entry entry : sorted) {
      if (entry.position() < end) {
        throw damaged("two of its entries overlap");
      }
      end = entry.position() + entry.size();
    }
  }

  private static ByteBuffer read(ByteSource source, long position, int count) throws IOException {
    if (position < 0 || position > source.size() - count) {
      throw damaged("it is cut off");
    }
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    source.read(position, buffer);
    return buffer.flip();
  }

  private static FormatException damaged(String how) {
    return new FormatException("the zip file is damaged: " + how);
  }

  private static String printable(byte[] name) {
    return Texts.line(new String(name, StandardCharsets.UTF_8));
  }
}
