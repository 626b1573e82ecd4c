package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.checkpoint.TrainState;
import org.dinovmf.training.eval.KnnAccuracy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleTest {

  private static final String CLEAR = "\r\u001b[K";

  private final Locale locale = Locale.getDefault();
  private final StringWriter out = new StringWriter();
  private final StringWriter log = new StringWriter();
  private final SteppedClock clock =
      new SteppedClock(Instant.parse("2026-03-01T22:00:00Z"), ZoneOffset.ofHours(2));

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(locale);
  }

  @Test
  void writesAReportInOneLine() {
    try (Console console = console(false)) {
      console.reported(Reports.at(50));
    }
    assertEquals(
        List.of(
            "epoch 0.50  step 50/1000  loss 1.2500 (ln K 1.3863, gap 0.1363)  teacher entropy 0.7500  KL 0.5000  kappa 8.00/8.60/10.5/13.1/14.0  lr 0.000500  123.5 images/s  data wait 6 %"),
        lines());
  }

  @Test
  void writesPointsWhereTheCountryHasCommas() {
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    writesAReportInOneLine();
  }

  @Test
  void foretellsTheRestInTheReport() {
    try (Console console = console(false)) {
      console.started(0, Reports.TOTAL_STEPS, 100);
      step(console, 0, 50, Duration.ofSeconds(1));
      console.reported(Reports.at(50));
    }
    assertTrue(log.toString().contains("data wait 6 %  ETA 15 min 50 s\n"), log.toString());
  }

  @Test
  void foretellsTheEndAfterTenSteps() {
    try (Console console = console(false)) {
      console.started(0, 1000, 100);
      step(console, 0, 9, Duration.ofSeconds(10));
      assertEquals(List.of("training 1000 of 1000 steps, 100 an epoch"), lines());
      step(console, 9, 20, Duration.ofSeconds(10));
    }
    // 990 steps of 10 s after 00:01:40 local time
    assertEquals(
        List.of("the whole run will end at 2026-03-02 02:46, in 2 h 45 min"),
        lines().subList(1, lines().size()));
  }

  @Test
  void namesACheaperChoiceForMoreThanADay() {
    try (Console console = console(false)) {
      console.started(500, 100_000, 100);
      step(console, 500, 520, Duration.ofSeconds(1));
    }
    assertEquals(
        List.of(
            "going on with the last 99500 of 100000 steps, 100 an epoch",
            "the whole run will end at 2026-03-03 03:38, in 1 d 04 h",
            "that is more than a day; a cheaper choice: --preset small"),
        lines());
  }

  @Test
  void writesResultsApart() {
    try (Console console = console(false)) {
      console.evaluated(3, new KnnAccuracy(20, 61.25, 90));
    }
    assertEquals("epoch 3  20-NN top-1 61.25 %  top-5 90.00 %\n", out.toString());
    assertEquals("", log.toString());
  }

  @Test
  void namesCheckpoints() {
    try (Console console = console(false)) {
      console.saved(new Checkpoint(Path.of("run", "ckpt-50"), new TrainState(50, 50, 100, 9)));
    }
    assertEquals(List.of("saved step 50 in '" + Path.of("run", "ckpt-50") + "'"), lines());
  }

  @Test
  void drawsNoBarWhereThereIsNoTerminal() {
    try (Console console = console(false)) {
      console.started(0, 1000, 100);
      step(console, 0, 1000, Duration.ofSeconds(1));
    }
    assertFalse(log.toString().contains("\r"), log.toString());
  }

  @Test
  void drawsTheBarOnATerminal() {
    try (Console console = console(true)) {
      console.started(0, 1000, 100);
      step(console, 0, 250, Duration.ofSeconds(1));
    }
    String last = log.toString().substring(log.toString().lastIndexOf(CLEAR));
    assertTrue(last.contains(" 25% ") && last.contains(" 250/1000 "), last);
    assertTrue(last.contains("0:12:30"), last); // 750 seconds to go
    assertTrue(last.endsWith("\n"), last);
    assertTrue(last.strip().length() <= CLEAR.length() + 79, last);
  }

  @Test
  void writesLinesAboveTheBar() {
    Screen screen = new Screen(new PrintWriter(out), new PrintWriter(log));
    screen.drawBar("[== ]");
    screen.log("a line");
    screen.result("a result");
    screen.drawBar("[===]");
    screen.endBar();
    screen.log("the end");
    assertEquals("a result\n", out.toString());
    assertEquals(
        "%1$s[== ]%1$sa line\n[== ]%1$s[== ]%1$s[===]\nthe end\n".formatted(CLEAR), log.toString());
  }

  private Console console(boolean isTerminal) {
    return new Console(
        new PrintWriter(out),
        new PrintWriter(log),
        isTerminal,
        clock,
        Optional.of("--preset small"));
  }

  private void step(Console console, long from, long to, Duration each) {
    for (long step = from + 1; step <= to; step++) {
      clock.advance(each);
      console.stepped(step);
    }
  }

  private List<String> lines() {
    return log.toString().lines().toList();
  }
}
