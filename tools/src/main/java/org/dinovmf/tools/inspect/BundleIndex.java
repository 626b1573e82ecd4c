package org.dinovmf.tools.inspect;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.tensorflow.proto.BundleEntryProto;

/**
 * Reads the index of a TensorFlow checkpoint, a sorted table as LevelDB writes it: blocks of
 * entries whose keys share prefixes, each with a checksum, then a block that says where they are,
 * and a footer that says where this one is. TensorFlow does not compress it.
 */
final class BundleIndex {

  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER = 48;

  /** Far above that of any model: an entry is a name and some numbers. */
  private static final long LARGEST = 256L << 20;

  /** Added to a rotated checksum; LevelDB's crc32c.h. */
  private static final int CRC_MASK = 0xa282ead8;

  private final Path file;
  private final byte[] bytes;

  private BundleIndex(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * The entries of a checkpoint, by the names of its tensors.
   *
   * @throws CheckpointException if the index is damaged, or none
   */
  static Map<String, BundleEntryProto> read(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new CheckpointException(
          "'%s' is not the index of a checkpoint: it has %d bytes, and at most %d are read"
              .formatted(file, Files.size(file), LARGEST));
    }
    BundleIndex index = new BundleIndex(file, Files.readAllBytes(file));
    try {
      return index.entries();
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | InvalidProtocolBufferException e) {
      throw index.damaged("its blocks do not fit together", e);
    }
  }

  private Map<String, BundleEntryProto> entries() throws IOException {
    ByteBuffer all = buffer(0, bytes.length);
    if (bytes.length < FOOTER || all.getLong(bytes.length - Long.BYTES) != MAGIC) {
      throw new CheckpointException(
          "'%s' is not the index of a checkpoint: it must end with the mark of a table"
              .formatted(file));
    }
    ByteBuffer footer = buffer(bytes.length - FOOTER, FOOTER);
    varint(footer); // the block of further information, which is empty
    varint(footer);
    Map<String, BundleEntryProto> entries = new LinkedHashMap<>();
    for (byte[] place : block(footer).values()) {
      for (Map.Entry<String, byte[]> entry : block(ByteBuffer.wrap(place)).entrySet()) {
        if (!entry.getKey().isEmpty()) { // under no name, the header
          entries.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
        }
      }
    }
    return entries;
  }

  /** The block whose place a buffer says. */
  private Map<String, byte[]> block(ByteBuffer place) throws IOException {
    int offset = within(varint(place), bytes.length);
    int size = within(varint(place), bytes.length - offset);
    byte compression = bytes[offset + size];
    if (compression != 0) {
      throw damaged("a block is compressed, which TensorFlow does not do", null);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, size + 1);
    if (masked((int) crc.getValue()) != buffer(offset + size + 1, Integer.BYTES).getInt()) {
      throw damaged("the checksum of a block differs", null);
    }
    long restarts = buffer(offset + size - Integer.BYTES, Integer.BYTES).getInt();
    ByteBuffer data = buffer(offset, within(size - Integer.BYTES * (restarts + 1), size));
    Map<String, byte[]> entries = new LinkedHashMap<>();
    byte[] key = {};
    while (data.hasRemaining()) {
      int shared = within(varint(data), key.length);
      int rest = within(varint(data), data.remaining());
      byte[] value = new byte[within(varint(data), data.remaining())];
      key = Arrays.copyOf(Arrays.copyOf(key, shared), shared + rest);
      data.get(key, shared, rest).get(value);
      entries.put(new String(key, StandardCharsets.UTF_8), value);
    }
    return entries;
  }

  /** A length that a file says, before anything of that length is made. */
  private static int within(long length, int available) {
    if (length < 0 || length > available) {
      throw new IllegalArgumentException(
          "%d bytes are said to be where %d are".formatted(length, available));
    }
    return (int) length;
  }

  static int masked(int crc) {
    return Integer.rotateRight(crc, 15) + CRC_MASK;
  }

  private ByteBuffer buffer(int offset, int size) {
    return ByteBuffer.wrap(bytes, offset, size).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Seven bits a byte, the lowest first. */
  private static long varint(ByteBuffer data) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = data.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is too long");
  }

  private CheckpointException damaged(String how, Exception cause) {
    return new CheckpointException("'%s' is damaged: %s".formatted(file, how), cause);
  }
}
