package org.dinovmf.tools.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.tools.config.Setting.Section;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The options of the table on a command: {@code --config}, {@code --preset}, and one option for
 * each setting. Values are taken as words; the {@link Resolver} reads them.
 *
 * <p>A command calls {@link #addTo} once when it is built, and {@link #request} when it runs.
 */
public final class TrainOptions {

  private static final String CONFIG = "--config";
  private static final String PRESET = "--preset";

  private TrainOptions() {}

  /** Adds the options to a command, under headings. */
  public static void addTo(CommandSpec command) {
    command.usageMessage().abbreviateSynopsis(true).sortOptions(false).autoWidth(true);
    ArgGroupSpec.Builder sources =
        ArgGroupSpec.builder().heading("%nConfiguration:%n").validate(false).order(0);
    sources.addArg(
        OptionSpec.builder(CONFIG)
            .paramLabel("FILE")
            .type(String.class)
            .description(
                "YAML file with options by name, without the dashes; options given here win.")
            .build());
    List<String> presets = new ArrayList<>();
    presets.add("Settings that belong together; FILE and options win. One of");
    Presets.list().forEach(line -> presets.add("  " + escaped(line)));
    sources.addArg(
        OptionSpec.builder(PRESET)
            .paramLabel("NAME")
            .type(String.class)
            .completionCandidates(Presets.names())
            .description(presets.toArray(String[]::new))
            .build());
    command.addArgGroup(sources.build());
    int order = 0;
    for (Section section : Section.values()) {
      order++;
      ArgGroupSpec.Builder group =
          ArgGroupSpec.builder()
              .heading("%n" + section.title() + ":%n")
              .validate(false)
              .order(order);
      for (Setting<?> setting : Settings.all()) {
        if (setting.section() == section) {
          group.addArg(option(setting));
        }
      }
      command.addArgGroup(group.build());
    }
  }

  /** What was given on the command line of a command that has the options. */
  public static Request request(CommandSpec command) {
    Map<String, List<String>> flags = new LinkedHashMap<>();
    for (Setting<?> setting : Settings.all()) {
      List<String> words = command.findOption("--" + setting.key()).stringValues();
      if (!words.isEmpty()) {
        flags.put(setting.key(), words);
      }
    }
    try {
      return new Request(flags, first(command, CONFIG).map(Path::of), first(command, PRESET));
    } catch (InvalidPathException e) {
      throw new ParameterException(
          command.commandLine(), "%s is no file name: %s".formatted(CONFIG, e.getMessage()), e);
    }
  }

  private static Optional<String> first(CommandSpec command, String option) {
    return command.findOption(option).stringValues().stream().findFirst();
  }

  private static <T> OptionSpec option(Setting<T> setting) {
    int words = setting.type().maxWords();
    OptionSpec.Builder option =
        OptionSpec.builder("--" + setting.key())
            .paramLabel(setting.type().label())
            .description(escaped("%s (default: %s).".formatted(setting.help(), builtIn(setting))));
    ValueType.Form form = setting.type().form();
    if (form == ValueType.Form.SWITCH) {
      return option
          .type(String.class)
          .arity("0..1")
          .fallbackValue("true")
          .preprocessor(OptionWords::ofSwitch)
          .build();
    }
    if (words == 1) {
      return option.type(String.class).build();
    }
    if (form == ValueType.Form.PATHS) {
      return option.type(List.class).auxiliaryTypes(String.class).arity("1").build();
    }
    return option.type(String.class).preprocessor(OptionWords.ofNumbers(words)).build();
  }

  /** For files, where nothing is built in, what happens without one. */
  private static <T> String builtIn(Setting<T> setting) {
    return setting.type().form() == ValueType.Form.PATHS
        ? setting.source()
        : "%s; %s".formatted(setting.type().arguments(setting.builtIn()), setting.source());
  }

  /** Texts of the table are no formats. */
  private static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
