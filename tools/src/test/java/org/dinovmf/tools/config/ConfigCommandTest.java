package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

class ConfigCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void showsWhatTrainWouldChoose() {
    assertEquals(
        0,
        run(
            "show",
            "--images",
            "6000",
            "--side",
            "28",
            "--device",
            "CPU",
            "--blur",
            "0",
            "0.1",
            "0.2",
            "--mean=auto",
            "--lr=0.1"));
    assertTrue(out.toString().contains("\npatch-size: 7 "), out::toString);
    assertTrue(lines("blur: \\[0, 0.1, 0.2\\] +# flag"), out::toString);
    assertTrue(lines("lr: 0.1 +# flag"), out::toString);
    assertTrue(lines("mean: auto +# flag"), out::toString);
  }

  @Test
  void showsTheBuiltInValues() {
    assertEquals(0, run("show"));
    assertTrue(lines("epochs: 100 +# default: DINO's main_dino.py"), out::toString);
    assertTrue(lines("threads: auto +# default: .*"), out::toString);
  }

  @Test
  void tellsFaultyOptionsInOneLineEach() {
    assertEquals(2, run("show", "--lr", "1,5", "--hue", "2"));
    assertEquals(
        List.of(
            "--hue must be from 0 to 0.5, but is '2'",
            "--lr must be a number with a decimal point, such as 1.5, but is '1,5'"),
        err.toString().lines().limit(2).toList());
  }

  @Test
  void refusesImpossibleFacts() {
    assertEquals(2, run("show", "--images", "0"));
    assertTrue(
        err.toString()
            .startsWith("--images, --side and --memory must be at least 1, but are 0, 224 and 16"),
        err::toString);
    assertEquals(2, run("show", "--side", "0"));
    assertTrue(err.toString().contains("but are not given, 0 and 16"), err::toString);
    assertEquals(2, run("show", "--device", "tpu"));
    assertTrue(
        err.toString().contains("--device must be one of auto, cpu, gpu, but is 'tpu'"),
        err::toString);
  }

  @Test
  void validatesAFile() throws IOException {
    // Valid only because what is left open follows from what is set.
    Path good = Files.writeString(folder.resolve("good.yaml"), "epochs: 3\nimage-size: 30\n");
    assertEquals(0, run("validate", good.toString()));
    assertEquals("'%s' can be used".formatted(good), out.toString().strip());
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "epoch: 3\nlr: x\n");
    assertEquals(2, run("validate", bad.toString()));
    assertEquals(
        List.of(
            bad + ":1: unknown key 'epoch'; did you mean 'epochs'?",
            bad + ":2: lr must be a number, but is 'x'"),
        err.toString().lines().limit(2).toList());
  }

  @Test
  void needsASubcommand() {
    assertEquals(2, run());
    assertTrue(
        err.toString().startsWith("a subcommand is needed: config show or config validate FILE"),
        err::toString);
  }

  @Test
  void helpListsAllSettingsWithDefaultAndSourceAndAllPresets() {
    assertEquals(0, run("show", "--help"));
    String help = out.toString().replaceAll("\\s+", " ");
    for (Setting<?> setting : Settings.all()) {
      boolean isSwitch = setting.type().form() == ValueType.Form.SWITCH;
      assertTrue(help.contains(" --" + setting.key() + (isSwitch ? "[=" : "=")), setting.key());
      assertTrue(help.contains(setting.source() + ")."), setting.source());
    }
    for (String line : Presets.list()) {
      assertTrue(help.contains(line), line);
    }
    assertTrue(help.contains("(unverified: batch-size, accumulate,"));
  }

  @Test
  void eachCallForgetsTheOneBefore() {
    CommandSpec spec = CommandSpec.create();
    TrainOptions.addTo(spec);
    CommandLine command = new CommandLine(spec);
    command.parseArgs("--blur", "0 0 0", "--seed=-5", "--preset", "cpu-96", "--config", "a.yaml");
    assertEquals(
        new Request(
            Map.of("blur", List.of("0 0 0"), "seed", List.of("-5")),
            Optional.of(Path.of("a.yaml")),
            Optional.of("cpu-96")),
        TrainOptions.request(spec));
    command.parseArgs();
    assertEquals(Request.none(), TrainOptions.request(spec));
  }

  /** An argument behind an option is not one of its words. */
  @Test
  void optionsOfSeveralWordsLeaveTheArgumentsBehindThem() {
    CommandSpec spec = CommandSpec.create();
    TrainOptions.addTo(spec);
    spec.addPositional(PositionalParamSpec.builder().type(String.class).build());
    for (String line :
        List.of(
            "--mean .5 0.5 5e-1 w.pth --allow-truncated",
            "w.pth --mean=.5 0.5 5e-1 --allow-truncated true",
            "--mean .5 0.5 5e-1 --allow-truncated w.pth",
            "--mean .5 0.5 5e-1 --allow-truncated=true w.pth")) {
      CommandLine command = new CommandLine(spec);
      command.parseArgs(line.split(" "));
      assertEquals(
          Map.of("mean", List.of(".5 0.5 5e-1"), "allow-truncated", List.of("true")),
          TrainOptions.request(spec).flags(),
          line);
      assertEquals("w.pth", spec.positionalParameters().get(0).getValue(), line);
    }
    new CommandLine(spec).parseArgs("--blur", "0,5", "1", "0", "w.pth", "--allow-truncated=maybe");
    assertEquals(
        Map.of("blur", List.of("0,5 1 0"), "allow-truncated", List.of("maybe")),
        TrainOptions.request(spec).flags());
  }

  private boolean lines(String pattern) {
    return out.toString().lines().anyMatch(line -> line.matches(pattern));
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return new CommandLine(ConfigCommand.command())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
