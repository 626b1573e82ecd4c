package org.dinovmf.tools.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CsvTest {

  @Test
  void quotesWhatHasToBe() {
    assertEquals(
        "7,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",plain é,\r\n",
        Csv.line(List.of("7", "a,b", "say \"hi\"", "two\nlines", "plain é", "")));
  }
}
