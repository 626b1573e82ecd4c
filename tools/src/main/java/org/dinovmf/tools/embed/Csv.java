package org.dinovmf.tools.embed;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values; RFC 4180. */
public final class Csv {

  private Csv() {}

  /** One line with its end. */
  public static String line(List<String> fields) {
    return fields.stream().map(Csv::quoted).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String quoted(String field) {
    boolean isPlain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return isPlain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }
}
