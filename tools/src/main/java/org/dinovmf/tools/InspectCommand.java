package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dinovmf.tools.inspect.FileSum;
import org.dinovmf.tools.inspect.Inspection;
import org.dinovmf.tools.inspect.Inspector;
import org.dinovmf.tools.report.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf inspect PATH}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Says what a run, a checkpoint, a SavedModel, or a file of weights (.pth, safetensors, ONNX)",
      "holds and where it is from, with the SHA-256 of each file. It parses, and never runs what it",
      "finds; ops of a SavedModel that touch files, the network or processes are flagged, but for",
      "the saver's own."
    },
    footer = {"", "Example:", "  dino-vmf inspect models/a"})
public final class InspectCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PATH", description = "What to look at.")
  private Path path;

  @Option(names = "--json", description = "Print JSON in place of the table.")
  private boolean isJson;

  @Override
  public Integer call() throws IOException {
    Inspection found = Inspector.inspect(path);
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      out.println(JSON.writeValueAsString(found));
    } else {
      print(out, found);
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private static void print(PrintWriter out, Inspection found) {
    line(out, "%s: %s", found.kind(), found.path());
    found.facts().forEach((name, value) -> line(out, "  %s: %s", name, value));
    line(out, "%d tensors, %d bytes", found.tensors().size(), found.tensorBytes());
    for (Inspection.Tensor tensor : found.tensors()) {
      line(out, "  %-9s %-20s %s", tensor.type(), tensor.shape(), tensor.name());
    }
    line(out, "%d files", found.files().size());
    for (FileSum file : found.files()) {
      line(out, "  %s %12d %s", file.sha256(), file.bytes(), file.name());
    }
    line(out, "%d flags", found.flags().size());
    found.flags().forEach(flag -> line(out, "  %s", flag));
  }

  /** Names in a file of others may hold what a terminal would obey. */
  private static void line(PrintWriter out, String format, Object... values) {
    out.println(Terminal.harmless(String.format(Locale.ROOT, format, values)));
  }
}
