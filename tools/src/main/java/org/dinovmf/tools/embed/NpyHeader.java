package org.dinovmf.tools.embed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** NumPy's array format, version 1.0, of one kind: little-endian float32 in rows. */
final class NpyHeader {

  /** NumPy aligns the data so that it can be mapped into memory. */
  private static final int ALIGNMENT = 64;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private NpyHeader() {}

  /** What stands before the values of an array {@code [rows, columns]}. */
  static byte[] of(int rows, int columns) {
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, %s), }"
            .formatted(Integer.toString(rows), Integer.toString(columns));
    int unpadded = MAGIC.length + Short.BYTES + dictionary.length() + 1;
    int size = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    String padded = dictionary + " ".repeat(size - unpadded) + "\n";
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) padded.length())
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
