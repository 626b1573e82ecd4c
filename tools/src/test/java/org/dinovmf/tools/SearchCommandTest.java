package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Search and duplicates in one embedded folder. */
@Tag("slow")
final class SearchCommandTest {

  @TempDir private static Path shared;

  private static Path run;
  private static Path images;
  private static Path model;
  private static Path embeddings;

  @BeforeAll
  static void embed() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    model = shared.resolve("model");
    images = shared.resolve("images");
    embeddings = shared.resolve("embeddings");
    for (int i = 0; i < 4; i++) {
      TestImages.write(images.resolve("red").resolve(i + ".png"), Color.RED, 16, 16, i);
      TestImages.write(images.resolve("blue").resolve(i + ".png"), Color.BLUE, 16, 16, 10 + i);
    }
    Files.copy(images.resolve("red/2.png"), images.resolve("blue/copy, of a red one.png"));
    assertEquals(0, CommandRun.of("export", "savedmodel", "--run", run, "--out", model).exitCode());
    CommandRun embedded =
        CommandRun.of("embed", "--model", model, "--data", images, "--out", embeddings);
    assertEquals(0, embedded.exitCode(), embedded.err());
  }

  @Test
  void findsTheQueryAndItsCopyFirst(@TempDir Path scratch)
      throws IOException, InterruptedException {
    Path page = scratch.resolve("page.html");
    CommandRun found = search(images.resolve("red/2.png"), "--data", images, "--page", page);
    assertEquals(0, found.exitCode(), found.err());
    List<String> lines = found.out().lines().toList();
    assertEquals("rank,path,cosine", lines.get(0));
    assertEquals("1,\"blue/copy, of a red one.png\",1.0000", lines.get(1));
    assertEquals("2,red/2.png,1.0000", lines.get(2));
    assertTrue(lines.get(3).startsWith("3,red/"), "whole colors are told apart: " + lines);
    assertEquals(4, lines.size());
    assertEquals(3, Browser.check(page, scratch).get("images").intValue());
  }

  @Test
  void groupsCopies(@TempDir Path scratch) throws IOException, InterruptedException {
    Path page = scratch.resolve("page.html");
    CommandRun found =
        CommandRun.of(
            "dedup",
            "--embeddings",
            embeddings,
            "--threshold",
            "1e-6",
            "--data",
            images,
            "--page",
            page);
    assertEquals(0, found.exitCode(), found.err());
    assertEquals(
        List.of(
            "group,path,kept,distance",
            "1,\"blue/copy, of a red one.png\",yes,0.00000",
            "1,red/2.png,no,0.00000"),
        found.out().lines().toList());
    assertTrue(found.err().contains("1 of 9 images are like another, in 1 groups"), found.err());
    assertEquals(2, Browser.check(page, scratch).get("images").intValue());
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    CommandRun none = CommandRun.of("dedup", "--embeddings", shared.resolve("none"));
    assertEquals(1, none.exitCode());
    assertTrue(none.err().contains("holds no finished embeddings.npy"), none.err());
    Path text = Files.writeString(shared.resolve("no-image.png"), "text");
    CommandRun damaged = search(text);
    assertEquals(3, damaged.exitCode());
    assertTrue(damaged.err().contains("--query '" + text + "' cannot be read: "), damaged.err());
    CommandRun zero = search(text, "--k", "0");
    assertEquals(2, zero.exitCode());
  }

  /** Its files are others, but the embeddings are not. */
  @Test
  void takesEmbeddingsOfTheSameEncoderInAnotherModel() {
    Path again = shared.resolve("again");
    CommandRun export =
        CommandRun.of("export", "savedmodel", "--run", run, "--out", again, "--sizes", "any");
    assertEquals(0, export.exitCode(), export.err());
    CommandRun found =
        CommandRun.of(
            "search",
            "--model",
            again,
            "--embeddings",
            embeddings,
            "--query",
            images.resolve("red/1.png"));
    assertEquals(0, found.exitCode(), found.err());
    assertEquals("1,red/1.png,1.0000", found.out().lines().skip(1).findFirst().orElseThrow());
  }

  @Test
  void refusesEmbeddingsOfAnotherModel() throws IOException {
    Path another = Files.createDirectory(shared.resolve("other"));
    TinyRun.begin(another);
    TinyRun.save(another, 2);
    Path other = shared.resolve("other-model");
    assertEquals(
        0, CommandRun.of("export", "savedmodel", "--run", another, "--out", other).exitCode());
    CommandRun found =
        CommandRun.of(
            "search",
            "--model",
            other,
            "--embeddings",
            embeddings,
            "--query",
            images.resolve("red/1.png"));
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: --embeddings must be made by --model, but '%s' is of another encoder than '%s'; embed the images again"
            .formatted(embeddings, other.resolve("1")),
        found.err().lines().findFirst().orElseThrow());
  }

  private static CommandRun search(Path query, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("search", "--model", model, "--embeddings", embeddings, "--query", query));
    if (!List.of(more).contains("--k")) {
      arguments.addAll(List.of("--k", 3));
    }
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray());
  }
}
