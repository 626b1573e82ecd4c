package org.dinovmf.tools;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import picocli.CommandLine;

/** One call of the program, as a function. */
record CommandRun(int exitCode, String out, String err) {

  static CommandRun of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode =
        Main.run(line, Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
