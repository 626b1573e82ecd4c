package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
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

/** Models that others changed, or wrote in another way. */
final class InspectSavedModelTest {

  @TempDir private static Path shared;

  private static Path version;

  @BeforeAll
  static void export() throws IOException {
    version = ExportedFiles.graph(shared).getParent();
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
        Inspected.flags(Inspected.of(changed)));
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
    List<String> flags = Inspected.flags(Inspected.of(changed));
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
        Inspected.flags(Inspected.of(changed)));
  }

  /** As TensorFlow 2 writes its saver: functions, a suffix while it writes, and a merge. */
  @Test
  void flagsNothingOfASaverInFunctions(@TempDir Path other) throws Exception {
    assertEquals(
        List.of(), Inspected.flags(Inspected.of(withFunctions(other.resolve("a"), "_temp/part"))));
    assertEquals(
        List.of(
            "op SaveV2 'write' touches files, the network or processes",
            "op MergeV2Checkpoints 'merge' touches files, the network or processes"),
        Inspected.flags(Inspected.of(withFunctions(other.resolve("b"), "/../../../etc/x"))));
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
    JsonNode facts = Inspected.of(changed).get("facts");
    assertTrue(facts.get("1: graph").textValue().startsWith("tags [serve]"), facts.toString());
    assertTrue(facts.get("2: graph").textValue().startsWith("tags [train]"), facts.toString());
    assertTrue(facts.has("1: signature from_pixels"), facts.toString());
  }

  @Test
  void showsADescriptionThatIsNoText(@TempDir Path other) throws Exception {
    Path changed = changed(other, saved -> saved);
    Files.write(changed.resolve("assets.extra/encoder.json"), new byte[] {'{', (byte) 0xff, '}'});
    assertEquals("{\ufffd}", Inspected.of(changed).get("facts").get("encoder").textValue());
  }

  private static NodeDef.Builder node(String op, String name) {
    return NodeDef.newBuilder().setOp(op).setName(name);
  }

  private static Path changed(Path other, UnaryOperator<SavedModel.Builder> change)
      throws IOException {
    Path copy = Inspected.copy(version, other.resolve("1"));
    Path graph = copy.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
    Files.write(graph, change.apply(saved).build().toByteArray());
    return copy;
  }
}
