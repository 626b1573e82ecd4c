package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

final class VmfCommandTest {

  /** log C, log C - log C(0), A and A' of three points, from vmf_reference.py of the ops module. */
  private static final List<double[]> EXPECTED =
      List.of(
          new double[] {
            344.13971071513765, -0.1951649388771758, 0.039003534458180916, 0.003888595616156042
          },
          new double[] {-2.5310242469692907, 0.0, 0.0, 0.3333333333333333},
          new double[] {
            343.1198771012922, -1.214998552722604, 0.0967491070028194, 0.0037987188653991395
          });

  @TempDir private Path folder;

  private Path points(String... lines) throws IOException {
    return Files.write(folder.resolve("points.csv"), List.of(lines));
  }

  private CommandRun run(Path in, String precision, Object... more) {
    Object[] arguments =
        Stream.concat(
                Stream.of(
                    "vmf", "--in", in, "--out", folder.resolve("o.csv"), "--precision", precision),
                Stream.of(more))
            .toArray();
    return CommandRun.of(arguments);
  }

  private List<double[]> values() throws IOException {
    return Files.readAllLines(folder.resolve("o.csv")).stream()
        .skip(1)
        .map(line -> Stream.of(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"float32, 1e-6", "float64, 1e-12", "java, 1e-12", "FLOAT64, 1e-12"})
  void writesValuesInTheOrderOfThePoints(String precision, double tolerance) throws IOException {
    Path in = points("p,kappa", "256,10", "3,-0.0", "256,25.0", "2,1e8", "16,0x1p3");
    CommandRun found = run(in, precision);
    assertEquals(0, found.exitCode(), found.err());
    assertEquals("5 points in " + folder.resolve("o.csv"), found.out().strip());
    boolean isGraph = !precision.equals("java");
    assertEquals(
        "p,kappa,log_norm,log_norm_diff,ratio,ratio_derivative" + (isGraph ? ",grad,grad2" : ""),
        Files.readAllLines(folder.resolve("o.csv")).get(0));
    List<double[]> rows = values();
    assertEquals(5, rows.size());
    double[][] keys = {{256, 10}, {3, 0}, {256, 25}, {2, 1e8}, {16, 8}};
    for (int i = 0; i < keys.length; i++) {
      assertEquals(keys[i][0], rows.get(i)[0]);
      assertEquals(keys[i][1], rows.get(i)[1]);
    }
    for (int i = 0; i < EXPECTED.size(); i++) {
      double[] row = rows.get(i);
      double[] expected = EXPECTED.get(i);
      for (int k = 0; k < expected.length; k++) {
        assertEquals(
            expected[k],
            row[2 + k],
            tolerance * Math.abs(expected[k]),
            "row " + i + ", value " + k);
      }
      if (isGraph) {
        assertEquals(-row[4], row[6], 0.0, "grad");
        assertEquals(-row[5], row[7], 0.0, "grad2");
      }
    }
  }

  /** A decimal that float32 does not have stands for the nearest that it has. */
  @Test
  void roundsKappaToThePrecision() throws IOException {
    run(points("kappa,name,p", "0.1,a,5"), "float32");
    assertEquals(0.1f, values().get(0)[1]);
    Files.delete(folder.resolve("o.csv"));
    run(points("kappa,name,p", "0.1,a,5"), "float64");
    assertEquals(0.1, values().get(0)[1]);
  }

  @ParameterizedTest
  @CsvSource({"float32, DT_DOUBLE", "float64, DT_FLOAT"})
  void writesTheGraphThatRan(String precision, DataType other) throws IOException {
    Path pb = folder.resolve("graph.pb");
    CommandRun found = run(points("p,kappa", "256,10", "3,5"), precision, "--graph-out", pb);
    assertEquals(0, found.exitCode(), found.err());
    GraphDef graph = GraphDef.parseFrom(Files.readAllBytes(pb));
    Set<String> names = new HashSet<>();
    for (NodeDef node : graph.getNodeList()) {
      names.add(node.getName());
      node.getAttrMap()
          .forEach(
              (name, value) -> {
                assertFalse(value.getType() == other, node.getName() + " has " + other);
                assertFalse(value.getList().getTypeList().contains(other), node.getName());
              });
    }
    for (String output : List.of("log_norm", "log_norm_diff", "ratio", "ratio_derivative")) {
      assertTrue(names.contains("p256/" + output), output);
    }
    assertTrue(names.containsAll(List.of("p3/kappa", "p3/grad", "p3/grad2")));
  }

  /** Who has the file alone gets the values of the run. */
  @Test
  void writtenGraphGivesTheValuesAgain() throws IOException {
    Path pb = folder.resolve("graph.pb");
    run(points("p,kappa", "7,2.5"), "float32", "--graph-out", pb);
    double[] row = values().get(0);
    try (Graph graph = new Graph()) {
      graph.importGraphDef(GraphDef.parseFrom(Files.readAllBytes(pb)));
      try (Session session = new Session(graph);
          TFloat32 kappa = TFloat32.vectorOf(2.5f);
          Result result =
              session
                  .runner()
                  .feed("p7/kappa", kappa)
                  .fetch("p7/log_norm")
                  .fetch("p7/grad2")
                  .run()) {
        assertEquals(row[2], ((TFloat32) result.get(0)).getFloat(0));
        assertEquals(row[7], ((TFloat32) result.get(1)).getFloat(0));
      }
    }
  }

  static Stream<Arguments> faultyFiles() {
    return Stream.of(
        Arguments.of("", " is empty, but must begin with a line of columns such as p,kappa"),
        Arguments.of("p,kappa", " has no point below its line of columns"),
        Arguments.of(
            "p,k\n2,1", ", line 1: a column 'kappa' must be there, but the columns are [p, k]"),
        Arguments.of(
            "p,kappa\n2,1\n3", ", line 3: there must be 2 fields as in line 1, but there are 1"),
        Arguments.of(
            "p,kappa\n1,1", ", line 2: p must be an integer from 2 to 2147483647, but is '1'"),
        Arguments.of(
            "p,kappa\n2.5,1", ", line 2: p must be an integer from 2 to 2147483647, but is '2.5'"),
        Arguments.of("p,kappa\n2,x", ", line 2: kappa must be a number, but is 'x'"),
        Arguments.of(
            "p,kappa\n2,-1", ", line 2: kappa must be from 0 to 1.0E18 in float32, but is '-1'"),
        Arguments.of(
            "p,kappa\n2,NaN", ", line 2: kappa must be from 0 to 1.0E18 in float32, but is 'NaN'"),
        Arguments.of(
            "p,kappa\n\n2,1\n2,1e999",
            ", line 4: kappa must be from 0 to 1.0E18 in float32, but is '1e999'"));
  }

  @ParameterizedTest
  @MethodSource("faultyFiles")
  void saysWhatIsWrongWithTheFile(String text, String message) throws IOException {
    Path in = Files.writeString(folder.resolve("points.csv"), text);
    CommandRun found = run(in, "float32");
    assertEquals(3, found.exitCode());
    assertEquals("dino-vmf: '%s'%s".formatted(in, message), found.err().strip());
    assertFalse(Files.exists(folder.resolve("o.csv")));
  }

  @Test
  void saysThatThereIsNoFile() {
    CommandRun found = run(folder.resolve("none.csv"), "java");
    assertEquals(3, found.exitCode());
    assertEquals(
        "dino-vmf: '%s' must be a file with columns p,kappa".formatted(folder.resolve("none.csv")),
        found.err().strip());
  }

  @Test
  void leavesAnOutputAsItIs() throws IOException {
    Path out = Files.writeString(folder.resolve("o.csv"), "mine");
    CommandRun found = run(points("p,kappa", "2,1"), "java");
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: '%s' exists and is left as it is; give --out another name".formatted(out),
        found.err().lines().findFirst().orElseThrow());
    assertEquals("mine", Files.readString(out));
  }

  @Test
  void oneFileByTwoNamesIsRefused() throws IOException {
    CommandRun found =
        run(points("p,kappa", "2,1"), "float32", "--graph-out", folder.resolve("./o.csv"));
    assertEquals(2, found.exitCode());
    assertTrue(
        found.err().startsWith("dino-vmf: --out and --graph-out must be two files, but both are"),
        found.err());
    assertFalse(Files.exists(folder.resolve("o.csv")));
  }

  @Test
  void touchesNoFileBesideTheOutput() throws IOException {
    Path mine = Files.writeString(folder.resolve(".o.csv.tmp"), "mine");
    Path in = points("p,kappa", "2,1");
    assertEquals(0, run(in, "java").exitCode());
    assertEquals("mine", Files.readString(mine));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(Set.of(mine, in, folder.resolve("o.csv")), files.collect(Collectors.toSet()));
    }
  }

  @Test
  void refusesAGraphOfPlainJava() throws IOException {
    CommandRun found = run(points("p,kappa", "2,1"), "java", "--graph-out", folder.resolve("g.pb"));
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: --graph-out needs --precision float32 or float64: plain Java has no graph",
        found.err().lines().findFirst().orElseThrow());
  }

  @Test
  void wantsAFolderThatExists() throws IOException {
    Path out = folder.resolve("none/o.csv");
    CommandRun found =
        CommandRun.of("vmf", "--in", points("p,kappa"), "--out", out, "--precision", "java");
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: --out must be in a folder that exists, but is '%s'".formatted(out),
        found.err().lines().findFirst().orElseThrow());
  }
}
