package org.dinovmf.tools.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import java.util.regex.Pattern;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Tells the words of an option's value from the arguments behind it, which picocli would take as
 * long as there is room: in {@code --mean 0.5 0.5 0.5 weights.pth} the last is not a number.
 */
final class OptionWords {

  /** A number, or what may be meant as one and is to be told as a fault. */
  private static final Pattern NUMBER = Pattern.compile("[-+]?[.,]?[0-9][-+.,0-9eE]*");

  /** Where picocli says what joins the option and its value; a blank where they are apart. */
  private static final String SEPARATOR = "separator";

  private OptionWords() {}

  /** Joins the first word with up to {@code most - 1} numbers behind it. */
  static IParameterPreprocessor ofNumbers(int most) {
    return (args, command, option, info) -> {
      if (!args.isEmpty()) {
        List<String> words = new ArrayList<>(List.of(args.pop()));
        while (words.size() < most && !args.isEmpty() && isNumber(args.peek())) {
          words.add(args.pop());
        }
        args.push(String.join(" ", words));
      }
      return false;
    };
  }

  private static boolean isNumber(String word) {
    return NUMBER.matcher(word).matches();
  }

  /** Makes an option say {@code true} where another argument is behind it. */
  static boolean ofSwitch(
      Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    boolean isAttached = !info.get(SEPARATOR).toString().isBlank();
    if (!isAttached && !args.isEmpty() && !isTruth(args.peek())) {
      args.push("true");
    }
    return false;
  }

  private static boolean isTruth(String word) {
    return List.of("true", "false").contains(word.toLowerCase(Locale.ROOT));
  }
}
