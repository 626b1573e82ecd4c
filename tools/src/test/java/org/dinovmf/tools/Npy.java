package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** NumPy files of float32 with a header of 128 bytes. */
final class Npy {

  private static final int HEADER = 128;

  private Npy() {}

  static float[][] read(Path path, int rows, int columns) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(HEADER + rows * columns * Float.BYTES, file.capacity());
    file.position(HEADER);
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < row.length; i++) {
        row[i] = file.getFloat();
      }
    }
    return values;
  }
}
