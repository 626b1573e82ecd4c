package org.dinovmf.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.tools.vmf.Point;
import org.dinovmf.tools.vmf.PointsFile;
import org.dinovmf.tools.vmf.Precision;
import org.dinovmf.tools.vmf.VmfGraph;
import org.dinovmf.tools.vmf.VmfValues;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.tensorflow.Graph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf vmf --in FILE --out FILE --precision PRECISION}. */
@Command(
    name = "vmf",
    mixinStandardHelpOptions = true,
    description = {
      "Values of the von Mises-Fisher distribution with density C(kappa) exp(kappa mu.x) on the unit",
      "sphere of R^p, for a file with columns p,kappa. Written are p, kappa as used, log_norm = log C,",
      "log_norm_diff = log C(kappa) - log C(0), ratio = A (mean of mu.x) and ratio_derivative = A';",
      "from a graph also grad and grad2, the derivatives of log_norm_diff as TensorFlow gives them."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:done",
      " 1:failure",
      " 2:invalid arguments",
      " 3:the points cannot be used"
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf vmf --in points.csv --out values.csv --precision float64"
    })
public final class VmfCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--in",
      paramLabel = "FILE",
      required = true,
      description = "Points: comma-separated, with columns p (integer from 2 on) and kappa.")
  private Path in;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Values to write, a line for each point in the same order; must not exist.")
  private Path out;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      required = true,
      description = "float32 or float64: a TensorFlow graph of that type; java: plain Java.")
  private Precision precision;

  @Option(
      names = "--graph-out",
      paramLabel = "FILE.pb",
      description = "Writes the GraphDef that ran, too; must not exist.")
  private Optional<Path> graphOut;

  @Override
  public Integer call() throws IOException {
    requireFree("--out", out);
    if (graphOut.isPresent()) {
      requireFree("--graph-out", graphOut.get());
      if (precision == Precision.JAVA) {
        throw fault("--graph-out needs --precision float32 or float64: plain Java has no graph");
      }
      if (place(graphOut.get()).equals(place(out))) {
        throw fault("--out and --graph-out must be two files, but both are '%s'".formatted(out));
      }
    }
    List<Point> points = PointsFile.read(in, precision);
    if (precision == Precision.JAVA) {
      byte[] text = text(points, VmfValues.inJava(points));
      AtomicFile.write(out, file -> file.write(text));
    } else {
      runGraph(points);
    }
    spec.commandLine().getOut().printf("%d points in %s%n", points.size(), out);
    return ExitCodes.DONE;
  }

  private void runGraph(List<Point> points) throws IOException {
    try (Graph graph = new Graph()) {
      VmfGraph values = VmfGraph.build(graph, points, precision);
      byte[] text = text(points, GraphRunner.run(graph, values));
      AtomicFile.write(out, file -> file.write(text));
      if (graphOut.isPresent()) {
        try {
          byte[] definition = graph.toGraphDef().toByteArray();
          AtomicFile.write(graphOut.get(), file -> file.write(definition));
        } catch (IOException e) {
          Files.deleteIfExists(out); // the same command can then be given again
          throw e;
        }
      }
    }
  }

  private static byte[] text(List<Point> points, VmfValues values) {
    return (String.join("\n", values.lines(points)) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private void requireFree(String option, Path file) {
    if (Files.exists(file)) {
      throw fault("'%s' exists and is left as it is; give %s another name".formatted(file, option));
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw fault("%s must be in a folder that exists, but is '%s'".formatted(option, file));
    }
  }

  /** A file by one name, whatever links and dots lead to it. */
  private static Path place(Path file) throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    return parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
