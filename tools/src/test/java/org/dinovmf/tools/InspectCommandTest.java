package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    JsonNode found = Inspected.of(run);
    assertEquals("run", found.get("kind").textValue());
    assertEquals("2, fingerprint 2-ab", found.get("facts").get("images").textValue());
    assertEquals("step-000000010", found.get("facts").get("newest whole checkpoint").textValue());
    assertEquals(POSITIONS, shapes(found).get("teacher/backbone/pos_embed"));
    assertEquals(List.of(), Inspected.flags(found));
    assertSum(found, "run.json", run.resolve("run.json"));
  }

  @Test
  void showsACheckpointByFolderAndByPrefix() throws Exception {
    JsonNode folder = Inspected.of(checkpoint.directory());
    assertEquals("checkpoint of a run", folder.get("kind").textValue());
    assertEquals(
        Long.toString(checkpoint.state().step()), folder.get("facts").get("steps").textValue());
    JsonNode prefix = Inspected.of(checkpoint.prefix());
    assertEquals("TensorFlow checkpoint", prefix.get("kind").textValue());
    assertEquals(shapes(folder), shapes(prefix));
    assertEquals(
        prefix.get("tensors"),
        Inspected.of(Path.of(checkpoint.prefix() + ".index")).get("tensors"));
    assertEquals(2, prefix.get("files").size());
  }

  @Test
  void showsAModelAndFlagsNothingOfOurs() throws Exception {
    JsonNode found = Inspected.of(model);
    assertEquals("SavedModel", found.get("kind").textValue());
    assertEquals(
        "pixels float [-1, 16, 16, 3] -> embedding float [-1, 24] (tensorflow/serving/predict)",
        found.get("facts").get("signature from_pixels").textValue());
    assertEquals(POSITIONS, shapes(found).get("teacher/backbone/pos_embed"));
    assertEquals(List.of(), Inspected.flags(found));
    assertSum(found, "saved_model.pb", model.resolve("1/saved_model.pb"));
    CommandRun table = CommandRun.of("inspect", model);
    assertTrue(table.out().contains("0 flags"), table.out());
    assertTrue(table.out().contains("teacher/backbone/pos_embed"), table.out());
  }

  @Test
  void followsALinkToAModelAndToARun(@TempDir Path other) throws Exception {
    Path version = Files.createSymbolicLink(other.resolve("current"), model.resolve("1"));
    assertEquals(Inspected.of(model).get("files"), Inspected.of(version).get("files"));
    Path numbered = Files.createDirectory(other.resolve("numbered"));
    Files.createSymbolicLink(numbered.resolve("1"), model.resolve("1"));
    assertEquals(Inspected.of(model).get("files"), Inspected.of(numbered).get("files"));
    Path linked = Files.createSymbolicLink(other.resolve("run"), run);
    assertEquals(Inspected.of(run).get("files"), Inspected.of(linked).get("files"));
    assertTrue(Inspected.of(run).get("files").size() > 2);
  }

  @Test
  void showsFilesOfWeights() throws Exception {
    Path safetensors = shared.resolve("a.safetensors");
    Path pth = shared.resolve("a.pth");
    Path onnx = shared.resolve("a.onnx");
    done("export", "safetensors", "--run", run, "--out", safetensors);
    done("export", "pth", "--run", run, "--out", pth);
    done("export", "onnx", "--run", run, "--out", onnx);
    assertEquals(POSITIONS, shapes(Inspected.of(safetensors)).get("pos_embed"));
    assertEquals(shapes(Inspected.of(safetensors)), shapes(Inspected.of(pth)));
    assertSum(Inspected.of(pth), "a.pth", pth);
    JsonNode graph = Inspected.of(onnx);
    assertEquals("ONNX", graph.get("kind").textValue());
    assertEquals("17", graph.get("facts").get("operator set ai.onnx").textValue());
    assertTrue(shapes(graph).containsValue(List.of(24, 72)), shapes(graph).toString());
    assertEquals(List.of(), Inspected.flags(graph));
  }

  @Test
  void namesDamage(@TempDir Path other) throws Exception {
    Path copy = Inspected.copy(checkpoint.directory(), other.resolve("damaged"));
    Path data = copy.resolve("weights.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[0] ^= 1;
    Files.write(data, bytes);
    List<String> flags = Inspected.flags(Inspected.of(copy));
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

  private static void done(Object... command) {
    CommandRun found = CommandRun.of(command);
    assertEquals(0, found.exitCode(), found.err());
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
