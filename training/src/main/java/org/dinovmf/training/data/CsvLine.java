package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One record of a file of comma-separated values, RFC 4180: a field may stand in double quotes, and
 * a double quote inside is doubled. A field in quotes may extend over lines.
 *
 * @param number of its first line, from 1
 */
public record CsvLine(int number, List<String> fields) {

  public CsvLine {
    fields = List.copyOf(fields);
  }

  /** All records but blank lines, of a file in UTF-8 with or without a byte order mark. */
  public static List<CsvLine> readAll(Path file) throws IOException {
    String text = TextFile.read(file);
    List<CsvLine> lines = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean isQuoted = false;
    int number = 1;
    int first = 1; // line of the record, which quotes may extend over others
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isBreak = c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1));
      number += isBreak ? 1 : 0;
      if (isQuoted) {
        if (c != '"') {
          field.append(c);
        } else if (text.startsWith("\"", i + 1)) {
          field.append('"');
          i++;
        } else {
          isQuoted = false;
        }
      } else if (isBreak) {
        addUnlessBlank(lines, first, fields, field);
        first = number;
      } else if (c == '"' && field.isEmpty()) {
        isQuoted = true;
      } else if (c == ',') {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c != '\r') { // the other half of a break
        field.append(c);
      }
    }
    if (isQuoted) {
      throw new DataException("%s line %d: a quote is not closed".formatted(file, first));
    }
    addUnlessBlank(lines, first, fields, field);
    return lines;
  }

  /** Ends a record and begins the next. */
  private static void addUnlessBlank(
      List<CsvLine> lines, int number, List<String> fields, StringBuilder field) {
    fields.add(field.toString());
    if (fields.size() > 1 || !fields.get(0).isBlank()) {
      lines.add(new CsvLine(number, fields));
    }
    fields.clear();
    field.setLength(0);
  }

  void requireFields(Path file, int count, String expected) {
    if (fields.size() != count) {
      throw new DataException(
          "%s line %d must be '%s', but has %d fields"
              .formatted(file, number, expected, fields.size()));
    }
  }
}
