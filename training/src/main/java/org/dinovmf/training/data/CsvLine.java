package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One record of a file of comma-separated values, RFC 4180: a field may stand in double quotes, and
 * a double quote inside is doubled. A field does not extend over lines.
 *
 * @param number of the line, from 1
 */
public record CsvLine(int number, List<String> fields) {

  public CsvLine {
    fields = List.copyOf(fields);
  }

  /** All lines but blank ones, of a file in UTF-8 with or without a byte order mark. */
  public static List<CsvLine> readAll(Path file) throws IOException {
    List<CsvLine> lines = new ArrayList<>();
    int number = 0;
    for (String text : readText(file).lines().toList()) {
      number++;
      if (!text.isBlank()) {
        lines.add(new CsvLine(number, split(file, number, text)));
      }
    }
    return lines;
  }

  /** The text of a file in UTF-8, without a byte order mark. */
  static String readText(Path file) throws IOException {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new DataException("%s is not text in UTF-8".formatted(file), e);
    }
  }

  void requireFields(Path file, int count, String expected) {
    if (fields.size() != count) {
      throw new DataException(
          "%s line %d must be '%s', but has %d fields"
              .formatted(file, number, expected, fields.size()));
    }
  }

  private static List<String> split(Path file, int number, String text) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isQuoted) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          isQuoted = false;
        }
      } else if (c == '"' && field.isEmpty()) {
        isQuoted = true;
      } else if (c == ',') {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (isQuoted) {
      throw new DataException("%s line %d: a quote is not closed".formatted(file, number));
    }
    fields.add(field.toString());
    return fields;
  }
}
