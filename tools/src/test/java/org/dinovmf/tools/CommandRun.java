package org.dinovmf.tools;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** One call of a command, as a function. */
record CommandRun(int exitCode, String out, String err) {

  static CommandRun of(Object command, Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler(
                (fault, where, parsed) -> {
                  where.getErr().println(fault.getMessage());
                  return CommandLine.ExitCode.SOFTWARE;
                });
    int exitCode =
        line.execute(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
