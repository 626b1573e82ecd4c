package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;

final class InspectCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the tiny run: 16 pixels, patches of 4, 24 wide. */
  private static final List<Integer> POSITIONS = List.of(1, 17, 24);

  @TempDir private static Path shared;

  private static Path run;
  private static Checkpoint checkpoint;
  private static Path model;

  @BeforeAll
  static void export() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    checkpoint = TinyRun.save(run, 10);
    model = shared.resolve("model");
    done("export", "savedmodel", "--run", run, "--out", model);
  }

  @Test
  void showsARunWithTheTensorsOfItsCheckpoint() throws Exception {
    JsonNode found = inspect(run);
    assertEquals("run", found.get("kind").textValue());
    assertEquals("2, fingerprint 2-ab", found.get("facts").get("images").textValue());
    assertEquals("step-000000010", found.get("facts").get("newest whole checkpoint").textValue());
    assertEquals(POSITIONS, shapes(found).get("teacher/backbone/pos_embed"));
    assertEquals(List.of(), flags(found));
    assertSum(found, "run.json", run.resolve("run.json"));
  }

  @Test
  void showsACheckpointByFolderAndByPrefix() throws Exception {
    JsonNode folder = inspect(checkpoint.directory());
    assertEquals("checkpoint of a run", folder.get("kind").textValue());
    assertEquals(
        Long.toString(checkpoint.state().step()), folder.get("facts").get("steps").textValue());
    JsonNode prefix = inspect(checkpoint.prefix());
    assertEquals("TensorFlow checkpoint", prefix.get("kind").textValue());
    assertEquals(shapes(folder), shapes(prefix));
    assertEquals(
        prefix.get("tensors"), inspect(Path.of(checkpoint.prefix() + ".index")).get("tensors"));
    assertEquals(2, prefix.get("files").size());
  }

  @Test
  void showsAModelAndFlagsNothingOfOurs() throws Exception {
    JsonNode found = inspect(model);
    assertEquals("SavedModel", found.get("kind").textValue());
    assertEquals(
        "pixels float [-1, 16, 16, 3] -> embedding float [-1, 24] (tensorflow/serving/predict)",
        found.get("facts").get("signature from_pixels").textValue());
    assertEquals(POSITIONS, shapes(found).get("teacher/backbone/pos_embed"));
    assertEquals(List.of(), flags(found));
    assertSum(found, "saved_model.pb", model.resolve("1/saved_model.pb"));
    CommandRun table = CommandRun.of("inspect", model);
    assertTrue(table.out().contains("0 flags"), table.out());
    assertTrue(table.out().contains("teacher/backbone/pos_embed"), table.out());
  }

  @Test
  void flagsOpsThatReachOutside(@TempDir Path other) throws Exception {
    NodeDef read = node("ReadFile", "steal").build();
    NodeDef save = node("SaveV2", "save/again").build();
    NodeDef custom = node("MyOp", "mine\u001b[2J").build();
    FunctionDef function =
        FunctionDef.newBuilder()
            .setSignature(OpDef.newBuilder().setName("inner"))
            .addNodeDef(node("PyFunc", "python"))
            .build();
    Path changed =
        changed(
            other,
            saved -> {
              saved
                  .getMetaGraphsBuilder(0)
                  .getGraphDefBuilder()
                  .addNode(read)
                  .addNode(save)
                  .addNode(custom)
                  .getLibraryBuilder()
                  .addFunction(function);
              return saved;
            });
    assertEquals(
        List.of(
            "op ReadFile 'steal' touches files, the network or processes",
            "op SaveV2 'save/again' touches files, the network or processes",
            "op MyOp 'mine\u001b[2J' is not TensorFlow's: it runs code of a library",
            "op PyFunc 'python' touches files, the network or processes"),
        flags(inspect(changed)));
    assertFalse(CommandRun.of("inspect", changed).out().contains("\u001b"));
  }

  /** A model may not hide a restore behind the saver's by answering requests with it. */
  @Test
  void flagsTheSaverWhereASignatureAsksForIt(@TempDir Path other) throws Exception {
    Path changed =
        changed(
            other,
            saved -> {
              var graph = saved.getMetaGraphsBuilder(0);
              String restore =
                  graph.getGraphDef().getNodeList().stream()
                      .filter(node -> node.getOp().equals("RestoreV2"))
                      .findFirst()
                      .orElseThrow()
                      .getName();
              var signature = graph.getSignatureDefOrThrow("from_pixels").toBuilder();
              signature.putOutputs(
                  "embedding",
                  signature.getOutputsOrThrow("embedding").toBuilder()
                      .setName(restore + ":0")
                      .build());
              graph.putSignatureDef("from_pixels", signature.build());
              return saved;
            });
    List<String> flags = flags(inspect(changed));
    assertEquals(1, flags.size(), flags.toString());
    assertTrue(flags.get(0).startsWith("op RestoreV2 "), flags.get(0));
  }

  /** The loader runs the restore, so what hangs on it is run by whoever loads the model. */
  @Test
  void flagsWhatTheRestoreRunsBesides(@TempDir Path other) throws Exception {
    Path changed =
        changed(
            other,
            saved -> {
              var nodes = saved.getMetaGraphsBuilder(0).getGraphDefBuilder();
              NodeDef.Builder all =
                  nodes.getNodeBuilderList().stream()
                      .filter(node -> node.getName().equals("save/restore_all"))
                      .findFirst()
                      .orElseThrow();
              all.addInput("^save/elsewhere").addInput("^save/here").addInput("^save/merge");
              all.addInput("^save/read");
              nodes
                  .addNode(node("Const", "save/path"))
                  .addNode(node("SaveV2", "save/elsewhere").addInput("save/path"))
                  .addNode(node("SaveV2", "save/here").addInput("save/filename"))
                  .addNode(
                      node("MergeV2Checkpoints", "save/merge")
                          .addInput("save/path")
                          .addInput("save/path"))
                  .addNode(node("RestoreV2", "save/read").addInput("save/path"));
              return saved;
            });
    assertEquals(
        List.of(
            "op SaveV2 'save/elsewhere' touches files, the network or processes",
            "op SaveV2 'save/here' touches files, the network or processes",
            "op MergeV2Checkpoints 'save/merge' touches files, the network or processes",
            "op RestoreV2 'save/read' touches files, the network or processes"),
        flags(inspect(changed)));
  }

  /** As TensorFlow 2 writes its saver: functions, a suffix while it writes, and a merge. */
  @Test
  void flagsNothingOfASaverInFunctions(@TempDir Path other) throws Exception {
    assertEquals(List.of(), flags(inspect(withFunctions(other.resolve("a"), "_temp/part"))));
    assertEquals(
        List.of(
            "op SaveV2 'write' touches files, the network or processes",
            "op MergeV2Checkpoints 'merge' touches files, the network or processes"),
        flags(inspect(withFunctions(other.resolve("b"), "/../../../etc/x"))));
  }

  private static Path withFunctions(Path other, String suffix) throws IOException {
    FunctionDef function =
        FunctionDef.newBuilder()
            .setSignature(
                OpDef.newBuilder()
                    .setName("traced_save")
                    .addInputArg(OpDef.ArgDef.newBuilder().setName("file_prefix")))
            .addNodeDef(
                node("Const", "suffix")
                    .putAttr(
                        "value",
                        AttrValue.newBuilder()
                            .setTensor(
                                TensorProto.newBuilder()
                                    .addStringVal(ByteString.copyFromUtf8(suffix)))
                            .build()))
            .addNodeDef(
                node("StringJoin", "join")
                    .addInput("file_prefix")
                    .addInput("suffix:output:0")
                    .putAttr("N", AttrValue.newBuilder().setI(2).build()))
            .addNodeDef(node("ShardedFilename", "shard").addInput("join:output:0"))
            .addNodeDef(node("SaveV2", "write").addInput("shard:filename:0"))
            .addNodeDef(
                node("Pack", "all")
                    .addInput("shard:filename:0")
                    .addInput("^write")
                    .putAttr("N", AttrValue.newBuilder().setI(1).build()))
            .addNodeDef(
                node("MergeV2Checkpoints", "merge")
                    .addInput("all:output:0")
                    .addInput("file_prefix"))
            .build();
    NodeDef call =
        node("StatefulPartitionedCall", "call")
            .addInput("save/filename")
            .putAttr(
                "f",
                AttrValue.newBuilder()
                    .setFunc(NameAttrList.newBuilder().setName("traced_save"))
                    .build())
            .build();
    return changed(
        Files.createDirectories(other),
        saved -> {
          var graph = saved.getMetaGraphsBuilder(0);
          graph.getSaverDefBuilder().setSaveTensorName("call:0");
          var nodes = graph.getGraphDefBuilder();
          for (int i = nodes.getNodeCount() - 1; i >= 0; i--) {
            if (nodes.getNode(i).getOp().equals("SaveV2")) {
              nodes.removeNode(i);
            }
          }
          nodes.addNode(call).getLibraryBuilder().addFunction(function);
          return saved;
        });
  }

  @Test
  void followsALinkToAModelAndToARun(@TempDir Path other) throws Exception {
    Path version = Files.createSymbolicLink(other.resolve("current"), model.resolve("1"));
    assertEquals(inspect(model).get("files"), inspect(version).get("files"));
    Path numbered = Files.createDirectory(other.resolve("numbered"));
    Files.createSymbolicLink(numbered.resolve("1"), model.resolve("1"));
    assertEquals(inspect(model).get("files"), inspect(numbered).get("files"));
    Path linked = Files.createSymbolicLink(other.resolve("run"), run);
    assertEquals(inspect(run).get("files"), inspect(linked).get("files"));
    assertTrue(inspect(run).get("files").size() > 2);
  }

  @Test
  void printsNothingThatATerminalObeys(@TempDir Path other) throws Exception {
    Path changed =
        changed(
            other,
            saved -> {
              saved
                  .getMetaGraphsBuilder(0)
                  .getGraphDefBuilder()
                  .addNode(node("MyOp", "a\u009b2J\u202eb\u2028c"));
              return saved;
            });
    String out = CommandRun.of("inspect", changed).out();
    assertTrue(out.contains("op MyOp 'a?2J?b?c'"), out);
    Path named = Files.createDirectory(other.resolve("x\u009b2J"));
    String err = CommandRun.of("inspect", named).err();
    assertTrue(err.startsWith("dino-vmf: '" + other.resolve("x?2J")), err);
  }

  @Test
  void showsEveryGraphOfAModel(@TempDir Path other) throws Exception {
    Path changed =
        changed(
            other,
            saved -> {
              var second = saved.getMetaGraphs(0).toBuilder();
              second.getMetaInfoDefBuilder().clearTags().addTags("train");
              second.clearSignatureDef();
              return saved.addMetaGraphs(second);
            });
    JsonNode facts = inspect(changed).get("facts");
    assertTrue(facts.get("1: graph").textValue().startsWith("tags [serve]"), facts.toString());
    assertTrue(facts.get("2: graph").textValue().startsWith("tags [train]"), facts.toString());
    assertTrue(facts.has("1: signature from_pixels"), facts.toString());
  }

  @Test
  void showsADescriptionThatIsNoText(@TempDir Path other) throws Exception {
    Path changed = changed(other, saved -> saved);
    Files.write(changed.resolve("assets.extra/encoder.json"), new byte[] {'{', (byte) 0xff, '}'});
    assertEquals("{\ufffd}", inspect(changed).get("facts").get("encoder").textValue());
  }

  @Test
  void showsFilesOfWeights() throws Exception {
    Path safetensors = shared.resolve("a.safetensors");
    Path pth = shared.resolve("a.pth");
    Path onnx = shared.resolve("a.onnx");
    done("export", "safetensors", "--run", run, "--out", safetensors);
    done("export", "pth", "--run", run, "--out", pth);
    done("export", "onnx", "--run", run, "--out", onnx);
    assertEquals(POSITIONS, shapes(inspect(safetensors)).get("pos_embed"));
    assertEquals(shapes(inspect(safetensors)), shapes(inspect(pth)));
    assertSum(inspect(pth), "a.pth", pth);
    JsonNode graph = inspect(onnx);
    assertEquals("ONNX", graph.get("kind").textValue());
    assertEquals("17", graph.get("facts").get("operator set ai.onnx").textValue());
    assertTrue(shapes(graph).containsValue(List.of(24, 72)), shapes(graph).toString());
    assertEquals(List.of(), flags(graph));
  }

  @Test
  void namesDamage(@TempDir Path other) throws Exception {
    Path copy = copy(checkpoint.directory(), other.resolve("damaged"));
    Path data = copy.resolve("weights.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[0] ^= 1;
    Files.write(data, bytes);
    List<String> flags = flags(inspect(copy));
    assertEquals(2, flags.size(), flags.toString());
    assertTrue(flags.get(0).contains("SHA-256 differs from the manifest"), flags.get(0));
    assertTrue(
        flags.get(1).matches("the data of '.+' are missing or damaged in 'weights\\.data-.+'"),
        flags.get(1));

    Path index = copy.resolve("weights.index");
    bytes = Files.readAllBytes(index);
    bytes[10] ^= 1;
    Files.write(index, bytes);
    CommandRun broken = CommandRun.of("inspect", index);
    assertEquals(5, broken.exitCode());
    assertEquals(
        "dino-vmf: '%s' is damaged: the checksum of a block differs".formatted(index),
        broken.err().strip());
  }

  @Test
  void saysWhatItIsNot(@TempDir Path other) throws IOException {
    CommandRun empty = CommandRun.of("inspect", other);
    assertEquals(5, empty.exitCode());
    assertEquals(
        "dino-vmf: '%s' must hold a run.json, a manifest.json of a checkpoint or a saved_model.pb, but has none of these"
            .formatted(other),
        empty.err().strip());
    Path index = Files.writeString(other.resolve("x.index"), "no table");
    assertEquals(5, CommandRun.of("inspect", index).exitCode());
    Path onnx = Files.writeString(other.resolve("x.onnx"), "no graph");
    assertEquals(5, CommandRun.of("inspect", onnx).exitCode());
    assertEquals(1, CommandRun.of("inspect", other.resolve("none")).exitCode());
  }

  private static NodeDef.Builder node(String op, String name) {
    return NodeDef.newBuilder().setOp(op).setName(name);
  }

  private static Path changed(Path other, UnaryOperator<SavedModel.Builder> change)
      throws IOException {
    Path copy = copy(model.resolve("1"), other.resolve("1"));
    Path graph = copy.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
    Files.write(graph, change.apply(saved).build().toByteArray());
    return copy;
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  private static void done(Object... command) {
    CommandRun found = CommandRun.of(command);
    assertEquals(0, found.exitCode(), found.err());
  }

  private static JsonNode inspect(Path path) throws IOException {
    CommandRun found = CommandRun.of("inspect", path, "--json");
    assertEquals(0, found.exitCode(), found.err());
    return JSON.readTree(found.out());
  }

  private static List<String> flags(JsonNode found) {
    return Stream.of(JSON.convertValue(found.get("flags"), String[].class)).toList();
  }

  private static Map<String, List<Integer>> shapes(JsonNode found) {
    Map<String, List<Integer>> shapes = new TreeMap<>();
    for (JsonNode tensor : found.get("tensors")) {
      shapes.put(
          tensor.get("name").textValue(),
          Stream.of(JSON.convertValue(tensor.get("shape"), Integer[].class)).toList());
    }
    return shapes;
  }

  private static void assertSum(JsonNode found, String name, Path file) throws Exception {
    String sum =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    for (JsonNode node : found.get("files")) {
      if (node.get("name").textValue().equals(name)) {
        assertEquals(sum, node.get("sha256").textValue());
        assertEquals(Files.size(file), node.get("bytes").longValue());
        return;
      }
    }
    throw new AssertionError(name + " is missing in " + found.get("files"));
  }
}
