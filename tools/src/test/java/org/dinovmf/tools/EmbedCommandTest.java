package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.ExportConfig;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbedCommandTest {

  @TempDir private static Path shared;

  private static Path model;
  private static Path otherModel;

  @TempDir private Path folder;

  private Path data;
  private Path out;

  @BeforeAll
  static void exportModels() throws IOException {
    TinyRun.begin(shared);
    model = export(TinyRun.save(shared, 1), "model");
    otherModel = export(TinyRun.save(shared, 2), "other");
  }

  @BeforeEach
  void writeImages() throws IOException {
    data = folder.resolve("bilder");
    out = folder.resolve("out");
    TestImages.write(data.resolve("a, \"zitat\".png"), Color.RED, 20, 30, 1);
    TestImages.write(data.resolve("b/größe.jpg"), Color.GREEN, 33, 17, 2);
    TestImages.write(data.resolve("b/plain.bmp"), Color.BLUE, 16, 16, 3);
    TestImages.write(data.resolve("c.tiff"), Color.YELLOW, 21, 22, 4);
    Files.write(data.resolve("b/broken.png"), new byte[] {1, 2, 3});
    byte[] whole =
        Files.readAllBytes(TestImages.write(data.resolve("x.png"), Color.RED, 40, 40, 5));
    Files.write(data.resolve("x.png"), Arrays.copyOf(whole, whole.length / 2));
  }

  @Test
  void keepsRowsAligned() throws IOException {
    CommandRun run = embed("--batch-size", "2");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("6 embeddings of 24 values in %s%n".formatted(out), run.out());
    assertTrue(run.err().contains("2 images have no embedding"), run.err());
    List<String> lines = csv();
    assertEquals("row,path,status,reason", lines.get(0));
    assertEquals("0,\"a, \"\"zitat\"\".png\",ok,", lines.get(1));
    assertTrue(lines.get(2).startsWith("1,b/broken.png,bad,"), lines.get(2));
    assertEquals("2,b/größe.jpg,ok,", lines.get(3));
    assertEquals("3,b/plain.bmp,ok,", lines.get(4));
    assertEquals("4,c.tiff,ok,", lines.get(5));
    assertTrue(lines.get(6).startsWith("5,x.png,bad,"), lines.get(6));
    assertFalse(lines.get(6).endsWith(","), "a reason is missing");
    assertEquals(7, lines.size());

    float[][] rows = Npy.read(out.resolve("embeddings.npy"), 6, TinyRun.DIMENSION);
    try (Encoder encoder = Encoder.load(model)) {
      float[][] direct =
          encoder.embed(
              List.of(
                  data.resolve("a, \"zitat\".png"),
                  data.resolve("b/größe.jpg"),
                  data.resolve("b/plain.bmp")));
      assertArrayEquals(direct[0], rows[0], 1e-5f);
      assertArrayEquals(direct[1], rows[2], 1e-5f);
      assertArrayEquals(direct[2], rows[3], 1e-5f);
    }
    for (int bad : new int[] {1, 5}) {
      for (float value : rows[bad]) {
        assertTrue(Float.isNaN(value));
      }
    }
    for (float value : rows[4]) {
      assertTrue(Float.isFinite(value), "a TIFF goes through the decoder of training");
    }
    assertEquals(Set.of("embeddings.json", "embeddings.npy", "images.csv"), names(out));
  }

  @Test
  void takesATruncatedImageWhereThatIsAllowed() throws IOException {
    CommandRun run = embed("--allow-truncated");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("1 images have no embedding"), run.err());
    assertEquals("5,x.png,ok,", csv().get(6));
  }

  @Test
  void goesOnWhereItWasStopped() throws IOException {
    assertEquals(0, embed("--batch-size", "2").exitCode());
    byte[] wholeNpy = Files.readAllBytes(out.resolve("embeddings.npy"));
    byte[] wholeCsv = Files.readAllBytes(out.resolve("images.csv"));
    out = folder.resolve("stopped");
    StoppedEmbedding.make(model, data, out, 2, 2);
    assertEquals(
        Set.of("embed-progress.json", "embeddings.npy.partial", "images.csv.partial"), names(out));

    // A kill in the middle of a batch leaves more than the note speaks of.
    for (String name : List.of("embeddings.npy.partial", "images.csv.partial")) {
      Files.write(out.resolve(name), new byte[] {'4', ',', 'c'}, StandardOpenOption.APPEND);
    }

    CommandRun resumed = embed("--batch-size", "2");
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertTrue(resumed.err().contains("4 rows were there from before"), resumed.err());
    assertTrue(resumed.err().contains("2 images have no embedding"), resumed.err());
    assertArrayEquals(wholeNpy, Files.readAllBytes(out.resolve("embeddings.npy")));
    assertArrayEquals(wholeCsv, Files.readAllBytes(out.resolve("images.csv")));
    assertEquals(Set.of("embeddings.json", "embeddings.npy", "images.csv"), names(out));
  }

  @Test
  void refusesToGoOnWithOtherRulesForDamagedImages() throws IOException {
    StoppedEmbedding.make(model, data, out, 2, 1);
    CommandRun run = embed("--allow-truncated");
    assertEquals(ExitCodes.FAILURE, run.exitCode());
    assertTrue(
        run.err()
            .contains(
                "holds unfinished embeddings without --allow-truncated; remove it or choose another --out"),
        run.err());
  }

  @Test
  void refusesToGoOnWithAnotherModel() throws IOException {
    StoppedEmbedding.make(otherModel, data, out, 2, 1);
    CommandRun run = embed();
    assertEquals(1, run.exitCode());
    assertTrue(
        run.err()
            .contains(
                "'%s' holds unfinished embeddings by another model; remove it or choose another --out"
                    .formatted(out)),
        run.err());
  }

  @Test
  void refusesToGoOnWithOtherImages() throws IOException {
    StoppedEmbedding.make(model, data, out, 2, 1);
    TestImages.write(data.resolve("new.png"), Color.RED, 20, 20, 9);
    CommandRun run = embed();
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("holds unfinished embeddings of other images"), run.err());
  }

  @Test
  void beginsAgainWhereFilesAreShorterThanTheNoteSays() throws IOException {
    StoppedEmbedding.make(model, data, out, 2, 2);
    Files.write(out.resolve("embeddings.npy.partial"), new byte[10]);
    CommandRun run = embed();
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(7, csv().size());
    assertTrue(Float.isFinite(Npy.read(out.resolve("embeddings.npy"), 6, TinyRun.DIMENSION)[0][0]));
  }

  @Test
  void leavesFinishedEmbeddingsAlone() throws IOException {
    Files.createDirectories(out);
    Path file = Files.writeString(out.resolve("embeddings.npy"), "mine");
    CommandRun run = embed();
    assertEquals(1, run.exitCode());
    assertEquals(
        "dino-vmf: '%s' exists already; remove it or choose another --out".formatted(file),
        run.err().strip());
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void saysThatThereIsNoModelOrNoImage() throws IOException {
    CommandRun noModel = CommandRun.of("embed", "--model", folder, "--data", data, "--out", out);
    assertEquals(
        "dino-vmf: '%s' is not a SavedModel: it holds no saved_model.pb".formatted(folder),
        noModel.err().strip());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandRun noImage = CommandRun.of("embed", "--model", model, "--data", empty, "--out", out);
    assertEquals(3, noImage.exitCode());
    assertTrue(noImage.err().startsWith("dino-vmf: no usable image in " + empty), noImage.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void wantsABatchOfAtLeastOne() {
    CommandRun run = embed("--batch-size", "0");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err()
            .startsWith("dino-vmf: --batch-size and --threads must be at least 1: --batch-size 0"),
        run.err());
  }

  private CommandRun embed(String... more) {
    Object[] arguments =
        Stream.concat(
                Stream.of("embed", "--model", model, "--data", data, "--out", out), Stream.of(more))
            .toArray();
    return CommandRun.of(arguments);
  }

  private List<String> csv() throws IOException {
    String text = Files.readString(out.resolve("images.csv"), StandardCharsets.UTF_8);
    assertTrue(text.endsWith("\r\n"));
    return List.of(text.split("\r\n"));
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new TreeSet<>(entries.map(entry -> entry.getFileName().toString()).toList());
    }
  }

  private static Path export(Checkpoint checkpoint, String name) throws IOException {
    TrainedEncoder trained =
        TrainedEncoder.of(shared, Optional.of(checkpoint.directory()), warning -> {});
    EncoderExporter.export(trained.source(), ExportConfig.standard(), shared.resolve(name));
    return shared.resolve(name);
  }
}
