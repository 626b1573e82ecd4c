package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of text in UTF-8, with or without a byte order mark. */
public final class TextFile {

  private TextFile() {}

  /**
   * The text of a file, without the mark.
   *
   * @throws DataException if it is not UTF-8
   */
  public static String read(Path file) throws IOException {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new DataException("%s is not text in UTF-8".formatted(file), e);
    }
  }

  /**
   * The names in a file that has one a line, without the space around them and without blank lines.
   *
   * @throws DataException if it is not UTF-8
   */
  public static List<String> names(Path file) throws IOException {
    return read(file).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
