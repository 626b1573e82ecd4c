package org.dinovmf.tools.config;

import java.util.List;
import java.util.function.Function;

/**
 * How a setting is written and read.
 *
 * @param label of the value in a usage line, such as {@code NUMBER}
 * @param maxWords how many words a value has at most
 * @param parser turns the words of a value into the value
 * @param words turns a value into words that parse to an equal value
 */
public record ValueType<T>(
    String label, int maxWords, Parser<T> parser, Function<T, List<String>> words) {

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
    return parts.size() == 1 ? parts.get(0) : parts.toString();
  }

  /** The value as arguments of an option. */
  String arguments(T value) {
    return String.join(" ", words.apply(value));
  }
}
