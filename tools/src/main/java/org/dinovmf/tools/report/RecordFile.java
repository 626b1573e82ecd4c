package org.dinovmf.tools.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of records in TensorFlow's TFRecord framing: the length as a little-endian 64-bit number,
 * the masked CRC32C of these eight bytes, the record, and the masked CRC32C of the record.
 *
 * <p>Each record reaches the system in one write, so a reader of a growing file sees whole records.
 */
final class RecordFile implements AutoCloseable {

  /** What TensorFlow adds, so that the checksum of data that holds checksums stays useful. */
  private static final int MASK_DELTA = 0xa282ead8;

  private final OutputStream out;

  private RecordFile(OutputStream out) {
    this.out = out;
  }

  /**
   * Begins a new file.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it exists
   */
  static RecordFile create(Path file) throws IOException {
    return new RecordFile(
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  void write(byte[] data) throws IOException {
    ByteBuffer frame =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(data.length);
    frame.putInt(maskedChecksum(frame.array(), 0, Long.BYTES));
    frame.put(data);
    frame.putInt(maskedChecksum(data, 0, data.length));
    out.write(frame.array());
  }

  private static int maskedChecksum(byte[] data, int offset, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(data, offset, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
