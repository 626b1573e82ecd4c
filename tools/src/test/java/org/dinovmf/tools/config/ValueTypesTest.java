package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.training.loss.Center;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a locale with decimal commas and its own rule for the letter i. */
class ValueTypesTest {

  private static final ValueType<Center> CENTER = ValueTypes.choice(Center.values(), Center::label);

  private final Locale before = Locale.getDefault();

  @BeforeEach
  void setTurkish() {
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
  }

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.5", "1e-6, 0.000001", ".25, 0.25", "3, 3", "2., 2", "+1E2, 100"})
  void readsAndWritesNumbers(String word, String text) {
    ValueType<Double> type = ValueTypes.positive();
    double value = type.parser().parse(List.of(word));
    assertEquals(Double.parseDouble(word), value);
    assertEquals(text, type.yaml(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1d", "0x1p3", "NaN", "Infinity", "1_000", "true", "1 %"})
  void refusesWhatIsNoNumber(String word) {
    assertEquals(
        "must be a number, but is '%s'".formatted(word), fault(ValueTypes.positive(), word));
  }

  @Test
  void explainsTheDecimalPoint() {
    assertEquals(
        "must be a number with a decimal point, such as 1.5, but is '1,5'",
        fault(ValueTypes.positive(), "1,5"));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 'must be a whole number of at least 1, but is ''0.5'''",
    "0, 'must be at least 1, but is ''0'''",
    "3000000000, 'must be at most 2147483647, but is ''3000000000'''",
    "99999999999999999999, 'is too large a number: ''99999999999999999999'''"
  })
  void refusesWhatIsNoCount(String word, String message) {
    assertEquals(message, fault(ValueTypes.whole(1), word));
  }

  @Test
  void keepsNumbersWithinBounds() {
    ValueType<Double> type = ValueTypes.number(0, 0.5);
    assertEquals(0.5, type.parser().parse(List.of("0.5")));
    assertEquals("must be from 0 to 0.5, but is '0.51'", fault(type, "0.51"));
    assertEquals("must be from 0 to 0.5, but is '-1'", fault(type, "-1"));
    assertEquals(
        "must be of at least 0, but is '-1'", fault(ValueTypes.number(0, Double.MAX_VALUE), "-1"));
    assertEquals("must be above 0, but is '0'", fault(ValueTypes.positive(), "0"));
    assertEquals("is too large a number: '1e999'", fault(ValueTypes.positive(), "1e999"));
  }

  @Test
  void readsChoicesInAnyCase() {
    // A Turkish lower case of I has no dot.
    assertEquals(Center.LOGIT, CENTER.parser().parse(List.of("LOGIT")));
    assertEquals(Center.LOG_PROBABILITY, CENTER.parser().parse(List.of("Log-Probability")));
    assertEquals("log-probability", CENTER.yaml(Center.LOG_PROBABILITY));
  }

  @Test
  void namesTheNearestChoice() {
    assertEquals(
        "must be one of logit, probability, log-probability, but is 'logits'; did you mean"
            + " 'logit'?",
        fault(CENTER, "logits"));
  }

  @ParameterizedTest
  @CsvSource({"90s, 90, 90s", "30M, 1800, 30m", "120m, 7200, 2h", "48h, 172800, 2d"})
  void readsTimes(String word, long seconds, String text) {
    ValueType<Duration> type = ValueTypes.time();
    Duration time = type.parser().parse(List.of(word));
    assertEquals(Duration.ofSeconds(seconds), time);
    assertEquals(text, type.yaml(time));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "h", "0m", "1.5h", "-1h"})
  void refusesTimesWithoutUnit(String word) {
    assertEquals(
        "must be a time with its unit, such as 90s, 30m, 2h or 1d, but is '%s'".formatted(word),
        fault(ValueTypes.time(), word));
  }

  @Test
  void refusesTimesWithoutEnd() {
    assertEquals(
        "is too long a time: '9000000000000000000d'",
        fault(ValueTypes.time(), "9000000000000000000d"));
  }

  @Test
  void readsShares() {
    ValueType<Range> type = ValueTypes.shares();
    assertEquals(new Range(0.05, 1), type.parser().parse(List.of("0.05", "1")));
    assertEquals("[0.05, 1]", type.yaml(new Range(0.05, 1)));
    assertEquals(
        "must be two numbers with 0 < least <= greatest <= 1, but is '1 0.5'",
        fault(type, "1", "0.5"));
    assertEquals("must be two numbers, least and greatest, but is '1'", fault(type, "1"));
  }

  @Test
  void readsAWordOrAValue() {
    ValueType<Optional<Integer>> type = ValueTypes.or("auto", ValueTypes.whole(1));
    assertEquals(Optional.empty(), type.parser().parse(List.of("AUTO")));
    assertEquals(Optional.of(4), type.parser().parse(List.of("4")));
    assertEquals("auto", type.yaml(Optional.empty()));
    assertEquals(
        "must be a whole number of at least 1, but is 'all' (or 'auto')", fault(type, "all"));
  }

  private static String fault(ValueType<?> type, String... words) {
    return assertThrows(IllegalArgumentException.class, () -> type.parser().parse(List.of(words)))
        .getMessage();
  }

  @Test
  void pathsAreTakenWholeAndWrittenAsYamlReadsThem() {
    ValueType<List<Path>> type = ValueTypes.paths("DIR");
    List<Path> paths = type.parser().parse(List.of("/a b/\"c\": d", "e\\f"));
    assertEquals(List.of(Path.of("/a b/\"c\": d"), Path.of("e\\f")), paths);
    List<String> faults = new ArrayList<>();
    Map<String, ConfigFile.Value> read =
        ConfigFile.parse("c", "data: " + type.yaml(paths), List.of("data"), faults);
    assertEquals(List.of(), faults);
    assertEquals(
        List.of("/a b/\"c\": d", Path.of("e\\f").toAbsolutePath().toString()),
        read.get("data").words());
  }

  @Test
  void switchIsTrueOrFalse() {
    ValueType<Boolean> type = ValueTypes.onOff();
    assertEquals(true, type.parser().parse(List.of("TRUE")));
    assertEquals("false", type.yaml(false));
    assertEquals("must be true or false, but is 'yes'", fault(type, "yes"));
  }

  @Test
  void eachChannelHasANumber() {
    ValueType<List<Double>> type = ValueTypes.perChannel(0, 1);
    assertEquals(List.of(0.5), type.parser().parse(List.of("0.5")));
    assertEquals("[0.1, 0.2, 0.3, 1]", type.yaml(List.of(0.1, 0.2, 0.3, 1.0)));
    assertEquals(
        "must be a number from 0 to 1 for each channel, but is '0.1 2'", fault(type, "0.1", "2"));
  }
}
