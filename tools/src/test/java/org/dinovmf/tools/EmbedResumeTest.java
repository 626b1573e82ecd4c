package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goes on with embeddings that were stopped, if all is as it was. */
final class EmbedResumeTest {

  @TempDir private static Path shared;

  private static Path model;
  private static Path otherModel;

  @TempDir private Path folder;

  private Path data;
  private Path out;

  @BeforeAll
  static void exportModels() throws IOException {
    model = SmallEmbedding.exportModel(shared, 1);
    otherModel = SmallEmbedding.exportModel(shared, 2);
  }

  @BeforeEach
  void writeImages() throws IOException {
    data = folder.resolve("bilder");
    out = folder.resolve("out");
    SmallEmbedding.writeImages(data);
  }

  @Test
  void goesOnWhereItWasStopped() throws IOException {
    assertEquals(0, embed("--batch-size", "2").exitCode());
    byte[] wholeNpy = Files.readAllBytes(out.resolve("embeddings.npy"));
    byte[] wholeCsv = Files.readAllBytes(out.resolve("images.csv"));
    out = folder.resolve("stopped");
    StoppedEmbedding.make(model, data, out, 2, 2);
    assertEquals(
        Set.of("embed-progress.json", "embeddings.npy.partial", "images.csv.partial"),
        SmallEmbedding.names(out));

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
    assertEquals(
        Set.of("embeddings.json", "embeddings.npy", "images.csv"), SmallEmbedding.names(out));
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
                "'%s' holds unfinished embeddings by another model, --pooling or --normalize; remove it or choose another --out"
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
  void refusesToGoOnWithAnotherLength() throws IOException {
    StoppedEmbedding.make(model, data, out, 2, 1);
    CommandRun run = embed("--batch-size", "2", "--normalize");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("holds unfinished embeddings by another model"), run.err());
  }

  @Test
  void beginsAgainWhereFilesAreShorterThanTheNoteSays() throws IOException {
    StoppedEmbedding.make(model, data, out, 2, 2);
    Files.write(out.resolve("embeddings.npy.partial"), new byte[10]);
    CommandRun run = embed();
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(7, SmallEmbedding.csv(out).size());
    assertTrue(Float.isFinite(Npy.read(out.resolve("embeddings.npy"), 6, TinyRun.DIMENSION)[0][0]));
  }

  @Test
  void knowsAModelBehindALink() throws IOException {
    Path current = folder.resolve("current");
    Files.createSymbolicLink(current, model.resolve("1"));
    StoppedEmbedding.make(current, data, out, 2, 1);
    Files.delete(current);
    Files.createSymbolicLink(current, otherModel.resolve("1"));
    CommandRun run = CommandRun.of("embed", "--model", current, "--data", data, "--out", out);
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("holds unfinished embeddings by another model"), run.err());
  }

  private CommandRun embed(String... more) {
    return SmallEmbedding.embed(model, data, out, more);
  }
}
