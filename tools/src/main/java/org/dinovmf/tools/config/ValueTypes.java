package org.dinovmf.tools.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.tools.config.ValueType.Form;

/** The types of the settings. Numbers are read and written alike in every country. */
final class ValueTypes {

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[-+]?[0-9]*,[0-9]+.*");
  private static final Pattern TIME = Pattern.compile("([0-9]+)([smhd])");

  private static final Map<String, Duration> UNITS =
      Map.of(
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private ValueTypes() {}

  /** Whole numbers of at least {@code min}. */
  static ValueType<Integer> whole(int min) {
    return single(
        "COUNT",
        word -> {
          long value = parseWhole(word, "a whole number of at least " + min);
          if (value < min || value > Integer.MAX_VALUE) {
            throw mustBe(
                value < min ? "at least " + min : "at most " + Integer.toString(Integer.MAX_VALUE),
                word);
          }
          return (int) value;
        },
        value -> Integer.toString(value));
  }

  /** Any whole number of 64 bits. */
  static ValueType<Long> seed() {
    return single(
        "SEED", word -> parseWhole(word, "a whole number"), value -> Long.toString(value));
  }

  /** Numbers from {@code min} to {@code max}, both included. */
  static ValueType<Double> number(double min, double max) {
    return single(
        "NUMBER",
        word -> {
          double value = parseNumber(word);
          if (!(value >= min && value <= max)) {
            throw mustBe(interval(min, max), word);
          }
          return value;
        },
        ValueTypes::text);
  }

  /** Numbers above 0. */
  static ValueType<Double> positive() {
    return single(
        "NUMBER",
        word -> {
          double value = parseNumber(word);
          if (!(value > 0)) {
            throw mustBe("above 0", word);
          }
          return value;
        },
        ValueTypes::text);
  }

  /** The least and the greatest share of an area, both in (0, 1]. */
  static ValueType<Range> shares() {
    return new ValueType<>(
        "LEAST GREATEST",
        Form.PLAIN,
        2,
        words -> {
          requireCount(words, 2, "two numbers, least and greatest");
          double min = parseNumber(words.get(0));
          double max = parseNumber(words.get(1));
          if (!(min > 0 && min <= max && max <= 1)) {
            throw mustBe("two numbers with 0 < least <= greatest <= 1", String.join(" ", words));
          }
          return new Range(min, max);
        },
        range -> List.of(text(range.min()), text(range.max())));
  }

  /** Two numbers above 0, of which the second is not the smaller. */
  static ValueType<List<Double>> ascending(String label) {
    return new ValueType<>(
        label,
        Form.PLAIN,
        2,
        words -> {
          requireCount(words, 2, "two numbers, least and greatest");
          double min = parseNumber(words.get(0));
          double max = parseNumber(words.get(1));
          if (!(min > 0 && min <= max)) {
            throw mustBe("two numbers with 0 < least <= greatest", String.join(" ", words));
          }
          return List.of(min, max);
        },
        values -> values.stream().map(ValueTypes::text).toList());
  }

  /** One to {@code most} shares, each in [0, 1]. */
  static ValueType<List<Double>> listOfShares(int most) {
    return new ValueType<>(
        "SHARE...",
        Form.PLAIN,
        most,
        words -> {
          List<Double> values = words.stream().map(ValueTypes::parseNumber).toList();
          if (values.isEmpty()
              || values.size() > most
              || !values.stream().allMatch(value -> value >= 0 && value <= 1)) {
            throw mustBe("1 to %d numbers from 0 to 1".formatted(most), String.join(" ", words));
          }
          return values;
        },
        values -> values.stream().map(ValueTypes::text).toList());
  }

  /** Three numbers from {@code min} to {@code max}. */
  static ValueType<List<Double>> three(String label, String meaning, double min, double max) {
    return new ValueType<>(
        label,
        Form.PLAIN,
        3,
        words -> {
          requireCount(words, 3, "three numbers, " + meaning);
          List<Double> values = words.stream().map(ValueTypes::parseNumber).toList();
          if (!values.stream().allMatch(value -> value >= min && value <= max)) {
            throw mustBe("three numbers " + interval(min, max), String.join(" ", words));
          }
          return values;
        },
        values -> values.stream().map(ValueTypes::text).toList());
  }

  /** A number for each channel of an image. */
  static ValueType<List<Double>> perChannel(double min, double max) {
    int most = Channels.COLOR_AND_ALPHA.count();
    return new ValueType<>(
        "NUMBERS",
        Form.PLAIN,
        most,
        words -> {
          List<Double> values = words.stream().map(ValueTypes::parseNumber).toList();
          if (values.isEmpty()
              || values.size() > most
              || !values.stream().allMatch(value -> value >= min && value <= max)) {
            throw mustBe(
                "a number %s for each channel".formatted(interval(min, max)),
                String.join(" ", words));
          }
          return values;
        },
        values -> values.stream().map(ValueTypes::text).toList());
  }

  /** True or false. */
  static ValueType<Boolean> onOff() {
    ValueType<Boolean> word =
        single(
            "true|false",
            text -> {
              if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
                throw mustBe("true or false", text);
              }
              return text.equalsIgnoreCase("true");
            },
            value -> Boolean.toString(value));
    return new ValueType<>(word.label(), Form.SWITCH, 1, word.parser(), word.words());
  }

  /** The name of a file or a folder. */
  static ValueType<Path> path(String label) {
    return new ValueType<>(
        label,
        Form.PATHS,
        1,
        words -> {
          requireCount(words, 1, "one path");
          return toPath(words.get(0));
        },
        path -> List.of(absolute(path)));
  }

  /** One of them or several. */
  static ValueType<List<Path>> paths(String label) {
    return new ValueType<>(
        label,
        Form.PATHS,
        Integer.MAX_VALUE,
        words -> words.stream().map(ValueTypes::toPath).toList(),
        paths -> paths.stream().map(ValueTypes::absolute).toList());
  }

  private static Path toPath(String word) {
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getMessage(), e);
    }
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  /** One of the constants of an enumeration, whatever the case of its letters. */
  static <E extends Enum<E>> ValueType<E> choice(E[] constants, Function<E, String> label) {
    List<String> names = Arrays.stream(constants).map(label).toList();
    return single(
        String.join("|", names),
        word -> {
          int at = names.indexOf(word.toLowerCase(Locale.ROOT));
          if (at < 0) {
            String nearest =
                NearestName.of(word, names).map("; did you mean '%s'?"::formatted).orElse("");
            throw new IllegalArgumentException(
                "must be one of %s, but is '%s'%s"
                    .formatted(String.join(", ", names), word, nearest));
          }
          return constants[at];
        },
        label);
  }

  /** A time with its unit, such as {@code 90s}, {@code 30m}, {@code 2h} or {@code 1d}. */
  static ValueType<Duration> time() {
    return single(
        "TIME",
        word -> {
          Matcher matcher = TIME.matcher(word.toLowerCase(Locale.ROOT));
          try {
            if (matcher.matches() && Long.parseLong(matcher.group(1)) > 0) {
              return UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)));
            }
          } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("is too long a time: '%s'".formatted(word), e);
          }
          throw mustBe("a time with its unit, such as 90s, 30m, 2h or 1d", word);
        },
        ValueTypes::timeText);
  }

  /** Either a word that stands for no value of one's own, or a value. */
  static <T> ValueType<Optional<T>> or(String word, ValueType<T> type) {
    return new ValueType<>(
        type.label() + "|" + word,
        type.form(),
        type.maxWords(),
        words -> {
          if (words.size() == 1 && words.get(0).equalsIgnoreCase(word)) {
            return Optional.empty();
          }
          try {
            return Optional.of(type.parser().parse(words));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s (or '%s')".formatted(e.getMessage(), word), e);
          }
        },
        value -> value.map(type.words()).orElse(List.of(word)));
  }

  /** The shortest decimal text that is read as the same number, without an exponent. */
  static String text(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  private static String timeText(Duration time) {
    long seconds = time.toSeconds();
    for (String unit : List.of("d", "h", "m")) {
      long length = UNITS.get(unit).toSeconds();
      if (seconds % length == 0) {
        return seconds / length + unit;
      }
    }
    return seconds + "s";
  }

  private static <T> ValueType<T> single(
      String label, Function<String, T> parser, Function<T, String> text) {
    return new ValueType<>(
        label,
        Form.PLAIN,
        1,
        words -> {
          requireCount(words, 1, "one value");
          return parser.apply(words.get(0));
        },
        text.andThen(List::of));
  }

  private static void requireCount(List<String> words, int count, String wanted) {
    if (words.size() != count) {
      throw mustBe(wanted, String.join(" ", words));
    }
  }

  private static long parseWhole(String word, String wanted) {
    try {
      if (WHOLE.matcher(word).matches()) {
        return Long.parseLong(word);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is too large a number: '%s'".formatted(word), e);
    }
    throw mustBe(wanted, word);
  }

  private static double parseNumber(String word) {
    if (DECIMAL_COMMA.matcher(word).matches()) {
      throw mustBe("a number with a decimal point, such as 1.5", word);
    }
    if (!NUMBER.matcher(word).matches()) {
      throw mustBe("a number", word);
    }
    double value = Double.parseDouble(word);
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException("is too large a number: '%s'".formatted(word));
    }
    return value;
  }

  private static String interval(double min, double max) {
    if (max == Double.MAX_VALUE) {
      return "of at least " + text(min);
    }
    return "from %s to %s".formatted(text(min), text(max));
  }

  private static IllegalArgumentException mustBe(String wanted, String found) {
    return new IllegalArgumentException("must be %s, but is '%s'".formatted(wanted, found));
  }
}
