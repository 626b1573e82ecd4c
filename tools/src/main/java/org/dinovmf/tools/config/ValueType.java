package org.dinovmf.tools.config;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.function.Function;

/**
 * How a setting is written and read.
 *
 * @param label of the value in a usage line, such as {@code NUMBER}
 * @param form of the words
 * @param maxWords how many words a value has at most
 * @param parser turns the words of a value into the value
 * @param words turns a value into words that parse to an equal value; a relative path becomes an
 *     absolute one
 */
public record ValueType<T>(
    String label, Form form, int maxWords, Parser<T> parser, Function<T, List<String>> words) {

  /** What the words of a value look like. */
  public enum Form {
    /** Names and numbers, which may be written in one word with blanks between them. */
    PLAIN,
    /** True or false; the option alone, without a word, stands for true. */
    SWITCH,
    /** Paths, which are taken as they are; an option for several is given again. */
    PATHS
  }

  /** Reads the words of a value. */
  @FunctionalInterface
  public interface Parser<T> {

    /**
     * The value.
     *
     * @throws IllegalArgumentException saying what the value must be, to follow the setting's name:
     *     {@code "must be a whole number, but is 'x'"}
     */
    T parse(List<String> words);
  }

  /** The value as one text of a YAML file. */
  String yaml(T value) {
    List<String> parts = words.apply(value);
    if (form == Form.PATHS) {
      parts = parts.stream().map(ValueType::quoted).toList();
    }
    return parts.size() == 1 ? parts.get(0) : parts.toString();
  }

  /** A text in YAML's double quotes, whose escapes are those of JSON. */
  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** The value as arguments of an option. */
  String arguments(T value) {
    return String.join(" ", words.apply(value));
  }
}
