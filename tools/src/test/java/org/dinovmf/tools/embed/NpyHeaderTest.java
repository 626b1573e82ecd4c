package org.dinovmf.tools.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NpyHeaderTest {

  /** The bytes that NumPy's own writer puts before an array of this shape and type. */
  @Test
  void matchesNumpy() {
    byte[] header = NpyHeader.of(3, 384);
    assertArrayEquals(HexFormat.of().parseHex("934e554d505901007600"), Arrays.copyOf(header, 10));
    assertEquals(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 384), }" + " ".repeat(56) + "\n",
        new String(header, 10, header.length - 10, StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2147483647,1024"})
  void alignsTheData(int rows, int columns) {
    assertEquals(0, NpyHeader.of(rows, columns).length % 64);
  }
}
