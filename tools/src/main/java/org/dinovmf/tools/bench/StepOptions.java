package org.dinovmf.tools.bench;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of the benchmarks that do optimizer steps. */
final class StepOptions {

  static final String STEPS = "--steps";
  static final String WARMUP = "--warm-up";
  static final String JSON = "--json";

  @Option(
      names = STEPS,
      paramLabel = "N",
      description = "Steps that are timed (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = WARMUP,
      paramLabel = "N",
      defaultValue = "3",
      description = "Steps before that are not (default: ${DEFAULT-VALUE}).")
  private int warmup;

  @Option(names = JSON, description = "Print JSON in place of text.")
  private boolean isJson;

  /** With so many steps where none are given. */
  StepOptions(int steps) {
    this.steps = steps;
  }

  /** Refuses to do no step. */
  void check(CommandSpec command) {
    if (steps < 1 || warmup < 1) {
      throw new ParameterException(
          command.commandLine(),
          "%s and %s must be at least 1, but are %d and %d"
              .formatted(STEPS, WARMUP, steps, warmup));
    }
  }

  int steps() {
    return steps;
  }

  int warmup() {
    return warmup;
  }

  boolean isJson() {
    return isJson;
  }
}
