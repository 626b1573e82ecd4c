package org.dinovmf.tools.config;

import java.util.List;

/**
 * One thing that a user can set: the key of a configuration file and, with two dashes before it, an
 * option of the command line.
 *
 * @param key such as {@code batch-size}
 * @param section of the help
 * @param type of its values
 * @param builtIn the value where nothing else says one
 * @param source of the built-in value
 * @param help one sentence, without the built-in value
 */
public record Setting<T>(
    String key, Section section, ValueType<T> type, T builtIn, String source, String help) {

  /** Parts of the help and of the resolved configuration, in this order. */
  public enum Section {
    FILES("Images and folders"),
    MODEL("Model"),
    METHOD("Method"),
    CROPS("Crops and colors"),
    SCHEDULE("Optimization"),
    RUN("The run");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    /** The heading. */
    public String title() {
      return title;
    }
  }

  /**
   * The value that words stand for; a word may hold several, separated by blanks.
   *
   * @throws IllegalArgumentException if the value is not allowed, without the key
   */
  T parse(List<String> words) {
    if (type.form() == ValueType.Form.PATHS) {
      return type.parser().parse(words);
    }
    return type.parser()
        .parse(
            words.stream().flatMap(word -> List.of(word.strip().split("\\s+")).stream()).toList());
  }
}
