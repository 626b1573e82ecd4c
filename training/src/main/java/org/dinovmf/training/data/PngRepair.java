package org.dinovmf.training.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

/**
 * Makes a whole PNG of one whose picture data are damaged or end too early: the rows before the
 * damage are kept, the rest is black. PNG specification, sections 5 and 8 to 10.
 */
final class PngRepair {

  private static final int SIGNATURE_BYTES = 8;

  /** A chunk has its length and its type before its data, and a checksum behind. */
  private static final int CHUNK_HEAD = 8;

  private static final int CHUNK_SUM = 4;

  /** The greatest number of a row's filter. */
  private static final int MAX_FILTER = 4;

  /**
   * First column, first row, distance of columns, distance of rows of the seven passes of Adam7.
   */
  private static final int[][] INTERLACED = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] PLAIN = {{0, 0, 1, 1}};

  private final ByteBuffer file;
  private final ByteArrayOutputStream repaired = new ByteArrayOutputStream();
  private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
  private final Inflater inflater = new Inflater();
  private boolean isDamaged;
  private int goodRows;

  private PngRepair(byte[] file) {
    this.file = ByteBuffer.wrap(file);
  }

  /**
   * The repaired file.
   *
   * @param file whose header was read and found good
   * @throws BadImageException if not even the first row can be unpacked
   */
  static byte[] of(byte[] file) throws BadImageException {
    PngRepair repair = new PngRepair(file);
    try {
      return repair.run();
    } catch (BadImageException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory does not fail", e);
    } finally {
      repair.inflater.end();
    }
  }

  private byte[] run() throws IOException {
    repaired.write(file.array(), 0, SIGNATURE_BYTES);
    readChunks();
    inflater.setInput(packed.toByteArray());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    // Without compression the data would take the memory of the picture once more.
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try (DeflaterOutputStream out = new DeflaterOutputStream(data, deflater, 1 << 16)) {
      for (int[] pass : file.get(28) == 0 ? PLAIN : INTERLACED) {
        copyPass(pass, out);
      }
    } finally {
      deflater.end();
    }
    if (goodRows == 0) {
      throw new BadImageException("damaged before the end of the first row of pixels");
    }
    writeChunk("IDAT", data.toByteArray());
    writeChunk("IEND", new byte[0]);
    return repaired.toByteArray();
  }

  /** Keeps the chunks that are whole, and collects the data of the picture. */
  private void readChunks() {
    byte[] bytes = file.array();
    long position = SIGNATURE_BYTES;
    while (position + CHUNK_HEAD <= bytes.length) {
      int head = (int) position;
      long length = Math.max(0, file.getInt(head)); // a damaged one may be negative
      String type = new String(bytes, head + 4, 4, StandardCharsets.US_ASCII);
      long end = Math.min(bytes.length, position + CHUNK_HEAD + length);
      if (type.equals("IDAT")) {
        packed.write(bytes, head + CHUNK_HEAD, (int) end - head - CHUNK_HEAD);
      } else if (end + CHUNK_SUM <= bytes.length && !type.equals("IEND")) {
        repaired.write(bytes, head, (int) end + CHUNK_SUM - head);
      }
      position = end + CHUNK_SUM;
    }
  }

  private void copyPass(int[] pass, OutputStream out) throws IOException {
    int columns = (file.getInt(16) - pass[0] + pass[2] - 1) / pass[2];
    int rows = (file.getInt(20) - pass[1] + pass[3] - 1) / pass[3];
    if (columns < 1) {
      return; // a picture narrower than the pass begins has no rows of it
    }
    byte[] row = new byte[Math.toIntExact(rowBytes(columns))];
    for (int y = 0; y < rows; y++) {
      if (isDamaged || !unpack(row)) {
        isDamaged = true;
        Arrays.fill(row, (byte) 0);
      } else {
        goodRows++;
      }
      out.write(row);
    }
  }

  /** Whether the next row could be filled with data that look right. */
  private boolean unpack(byte[] row) {
    try {
      int filled = 0;
      while (filled < row.length) {
        int count = inflater.inflate(row, filled, row.length - filled);
        if (count == 0) {
          return false; // the input is used up, or the stream at its end
        }
        filled += count;
      }
      return row[0] >= 0 && row[0] <= MAX_FILTER;
    } catch (DataFormatException e) {
      return false;
    }
  }

  /** The number of the filter, then the pixels. */
  private long rowBytes(int columns) {
    int samples = switch (file.get(25)) { // the color type
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    return 1 + ((long) columns * samples * file.get(24) + 7) / 8;
  }

  private void writeChunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(data);
    repaired.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    repaired.writeBytes(name);
    repaired.writeBytes(data);
    repaired.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }
}
