package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class MainTest {

  /** The commands whose exit may have any of the causes; others may list their own. */
  private static final Set<List<String>> ALL_EXIT_CODES = Set.of(List.of(), List.of("train"));

  @TempDir private Path folder;

  @Test
  void unknownOptionIsOneLineWithTheNearest() {
    assertEquals(
        new CommandRun(
            ExitCodes.ARGUMENTS,
            "",
            "dino-vmf: unknown option '--rum'; did you mean '--run'?\nTry 'dino-vmf eval knn --help'\n"),
        run("eval", "knn", "--rum=a"));
  }

  @Test
  void unknownCommandIsAnsweredWithTheNearest() {
    assertEquals(
        new CommandRun(
            ExitCodes.ARGUMENTS,
            "",
            "dino-vmf: unknown command 'exprot'; did you mean 'export'?\nTry 'dino-vmf --help'\n"),
        run("exprot"));
  }

  @Test
  void nothingIsGuessedForWhatResemblesNothing() {
    CommandRun run = run("eval", "knn", "--quantization");
    assertTrue(run.err().startsWith("dino-vmf: unknown option '--quantization'\n"), run.err());
  }

  @Test
  void missingOptionIsNamed() {
    CommandRun run = run("eval", "knn", "--run", "a", "--val", "b");
    assertEquals(ExitCodes.ARGUMENTS, run.exitCode());
    assertTrue(run.err().contains("'--train=DIR'"), run.err());
  }

  @Test
  void missingCommandIsAnArgumentFault() {
    assertEquals(
        new CommandRun(
            ExitCodes.ARGUMENTS, "", "dino-vmf: a command is missing\nTry 'dino-vmf --help'\n"),
        run());
  }

  @Test
  void missingArgumentFileIsNamed() {
    Path missing = folder.resolve("none.args");
    CommandRun run = run("eval", "knn", "@" + missing);
    assertEquals(ExitCodes.ARGUMENTS, run.exitCode());
    assertTrue(run.err().startsWith("dino-vmf: no such file: '" + missing + "'"), run.err());
  }

  @Test
  void argumentsAreReadFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("help.args"), "eval knn\n--help\n");
    assertEquals(run("eval", "knn", "--help"), run("@" + file));
  }

  @Test
  void failureHasItsStackOnlyWhenAskedFor() {
    String missing = folder.resolve("no-run").toString();
    List<String> args =
        List.of("export", "savedmodel", "--run", missing, "--out", folder + "/model");
    CommandRun plain = run(args.toArray(Object[]::new));
    assertEquals(ExitCodes.CHECKPOINT, plain.exitCode());
    assertEquals(1, plain.err().lines().count(), plain.err());
    assertTrue(plain.err().contains(missing), plain.err());
    CommandRun traced =
        run(Stream.concat(args.stream(), Stream.of("--stacktrace")).toArray(Object[]::new));
    assertEquals(ExitCodes.CHECKPOINT, traced.exitCode());
    assertTrue(traced.err().startsWith(plain.err()), traced.err());
    assertTrue(traced.err().contains("\tat org.dinovmf.tools."), traced.err());
  }

  @Test
  void versionNamesTensorFlowAndJava() {
    CommandRun run = run("--version");
    assertEquals(ExitCodes.DONE, run.exitCode());
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.get(0).startsWith("dino-vmf "), run.out());
    assertTrue(lines.get(1).matches("TensorFlow [0-9]+\\..*"), run.out());
    assertTrue(lines.get(2).startsWith("Java "), run.out());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpListsEveryOptionAndExitCode(List<String> command) {
    List<String> args = new ArrayList<>(command);
    args.add("--help");
    CommandRun run = run(args.toArray(Object[]::new));
    assertEquals(ExitCodes.DONE, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("Usage: " + String.join(" ", withRoot(command))), run.out());
    List<Integer> codes =
        ALL_EXIT_CODES.contains(command) ? List.of(0, 1, 2, 3, 4, 5, 6, 75, 130) : List.of(0, 2);
    for (int code : codes) {
      assertTrue(
          run.out().lines().anyMatch(line -> line.strip().startsWith(code + "  ")),
          () -> "exit code " + code + " in " + run.out());
    }
    assertFalse(run.out().contains("\u001b"), "no color off a terminal");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsExplained(List<String> command) {
    assertAll(
        spec(command).options().stream()
            .map(
                (OptionSpec option) ->
                    () ->
                        assertTrue(
                            option.description().length > 0 && !option.description()[0].isBlank(),
                            option.longestName())));
  }

  /** A list of commands shows the first line of each: a whole sentence. */
  @ParameterizedTest
  @MethodSource("commands")
  void descriptionsBeginWithASentence(List<String> command) {
    String[] description = spec(command).usageMessage().description();
    assertTrue(description[0].endsWith("."), description[0]);
    assertTrue(description.length <= 2, "the width of the terminal alone breaks the rest");
  }

  private static CommandSpec spec(List<String> command) {
    CommandLine found = Main.commandLine();
    for (String name : command) {
      found = found.getSubcommands().get(name);
    }
    return found.getCommandSpec();
  }

  /** Help is a format: a percent sign of its own makes picocli warn on the error stream. */
  @ParameterizedTest
  @MethodSource("commands")
  void percentSignsOfHelpAreDoubled(List<String> command) {
    CommandSpec spec = spec(command);
    Stream.of(
            spec.options().stream().flatMap(option -> Stream.of(option.toBuilder().description())),
            Stream.of(spec.usageMessage().description()),
            Stream.of(spec.usageMessage().footer()))
        .flatMap(lines -> lines)
        .forEach(line -> assertFalse(line.replaceAll("%[%n]", "").contains("%"), line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "ar-EG", "de-DE"})
  void saysTheSameInEveryLocale(String tag) {
    Locale before = Locale.getDefault();
    CommandRun expected = run("eval", "knn", "--batch-size", "0,5", "--trian", "a");
    CommandRun help = run("eval", "knn", "--help");
    try {
      Locale.setDefault(Locale.forLanguageTag(tag));
      assertEquals(expected, run("eval", "knn", "--batch-size", "0,5", "--trian", "a"));
      assertEquals(help, run("eval", "knn", "--help"));
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Every command and subcommand by its path from the root, the root first. */
  static Stream<List<String>> commands() {
    return paths(Main.commandLine(), List.of());
  }

  private static Stream<List<String>> paths(CommandLine commandLine, List<String> path) {
    return Stream.concat(
        Stream.of(path),
        commandLine.getSubcommands().entrySet().stream()
            .filter(entry -> !entry.getKey().equals("help"))
            .flatMap(
                entry ->
                    paths(
                        entry.getValue(),
                        Stream.concat(path.stream(), Stream.of(entry.getKey())).toList())));
  }

  private static List<String> withRoot(List<String> command) {
    return Stream.concat(Stream.of("dino-vmf"), command.stream()).toList();
  }

  private static CommandRun run(Object... args) {
    return CommandRun.of(args);
  }
}
