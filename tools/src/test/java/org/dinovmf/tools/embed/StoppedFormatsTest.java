package org.dinovmf.tools.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.ImageIndexer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop at any row of any format that is made of finished embeddings. */
final class StoppedFormatsTest {

  private static final EmbedConfig CONFIG = EmbedConfig.of(4, 1, DecodeRules.standard());

  private static final Set<String> UNFINISHED =
      Set.of("embed-progress.json", "embeddings.npy.partial", "images.csv.partial");

  /** A row of each of four images for three formats, and a thumbnail of each. */
  private static final int QUESTIONS = 16;

  @TempDir private Path folder;

  private List<ImageRow> rows;

  @BeforeEach
  void writeImages() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    for (int i = 0; i < 4; i++) {
      BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, "png", data.resolve(i + ".png").toFile());
    }
    rows = ImageRow.of(ImageIndexer.scan(List.of(data), CONFIG.limits(), 1));
  }

  @Test
  void leavesNoFormatBehindAndGoesOn() throws IOException {
    Path whole = folder.resolve("whole");
    assertTrue(run(whole, done -> true).isFinished());
    for (int stopAt = 0; stopAt < QUESTIONS; stopAt++) {
      Path out = folder.resolve("stopped-" + stopAt);
      int[] left = {stopAt + 1}; // one after the batch
      EmbeddingJob.Summary stopped = run(out, done -> left[0]-- > 0);
      assertFalse(stopped.isFinished(), "stopped at " + stopAt);
      assertEquals(4, stopped.done());
      assertEquals(UNFINISHED, names(out), "stopped at " + stopAt);

      EmbeddingJob.Summary resumed = run(out, done -> true);
      assertTrue(resumed.isFinished());
      assertEquals(4, resumed.resumed(), "no image is embedded again");
      assertEquals(names(whole), names(out));
      for (String name : List.of("embeddings.npy", "embeddings.csv", "projector/sprite.png")) {
        assertArrayEquals(
            Files.readAllBytes(whole.resolve(name)), Files.readAllBytes(out.resolve(name)), name);
      }
    }
    int[] left = {QUESTIONS + 1};
    assertTrue(
        run(folder.resolve("late"), done -> left[0]-- > 0).isFinished(), "all rows are written");
  }

  private EmbeddingJob.Summary run(Path out, IntPredicate goOn) throws IOException {
    EmbeddingExport export = new EmbeddingExport(EnumSet.allOf(EmbeddingFormat.class), CONFIG);
    return EmbeddingJob.run(new Numbers(), "numbers", export, Optional.empty(), rows, out, goOn);
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new TreeSet<>(entries.map(entry -> entry.getFileName().toString()).toList());
    }
  }

  /** All rows in one batch, each of its own position. */
  private record Numbers() implements RowEmbedder {

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public void embed(List<ImageRow> rows, int from, Sink sink) throws IOException {
      List<EmbeddedRow> embedded =
          IntStream.range(from, rows.size())
              .mapToObj(i -> new EmbeddedRow(new float[] {i, -i}, ""))
              .toList();
      if (!embedded.isEmpty()) {
        sink.accept(from, embedded);
      }
    }
  }
}
