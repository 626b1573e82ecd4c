package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.dinovmf.savedmodel.Encoder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is embedded, and in which formats; going on after a stop is {@link EmbedResumeTest}. */
final class EmbedCommandTest {

  @TempDir private static Path shared;

  private static Path model;

  @TempDir private Path folder;

  private Path data;
  private Path out;

  @BeforeAll
  static void exportModel() throws IOException {
    model = SmallEmbedding.exportModel(shared, 1);
  }

  @BeforeEach
  void writeImages() throws IOException {
    data = folder.resolve("bilder");
    out = folder.resolve("out");
    SmallEmbedding.writeImages(data);
  }

  @Test
  void keepsRowsAligned() throws IOException {
    CommandRun run = embed("--batch-size", "2");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("6 embeddings of 24 values in %s%n".formatted(out), run.out());
    assertTrue(run.err().contains("2 images have no embedding"), run.err());
    List<String> lines = SmallEmbedding.csv(out);
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
    assertEquals(
        Set.of("embeddings.json", "embeddings.npy", "images.csv"), SmallEmbedding.names(out));
  }

  @Test
  void takesATruncatedImageWhereThatIsAllowed() throws IOException {
    CommandRun run = embed("--allow-truncated");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("1 images have no embedding"), run.err());
    assertEquals("5,x.png,ok,", SmallEmbedding.csv(out).get(6));
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

  @Test
  void writesOtherFormatsOfTheSameRows() throws IOException {
    CommandRun run = embed("--format", "csv,arrow,projector", "--normalize");
    assertEquals(0, run.exitCode(), run.err());
    float[][] rows = Npy.read(out.resolve("embeddings.npy"), 6, 24);
    assertEquals(1, norm(rows[0]), 1e-6);
    assertTrue(Float.isNaN(rows[1][0]));

    List<String> csv = Files.readAllLines(out.resolve("embeddings.csv"));
    assertEquals(7, csv.size());
    assertTrue(csv.get(0).startsWith("path,e0,e1,"), csv.get(0));
    assertTrue(csv.get(3).startsWith("b/größe.jpg," + rows[2][0] + ","), csv.get(3));
    assertTrue(csv.get(2).endsWith(",NaN"), csv.get(2));

    try (BufferAllocator allocator = new RootAllocator();
        ArrowFileReader reader =
            new ArrowFileReader(FileChannel.open(out.resolve("embeddings.arrow")), allocator)) {
      assertTrue(reader.loadNextBatch());
      VectorSchemaRoot batch = reader.getVectorSchemaRoot();
      assertEquals(6, batch.getRowCount());
      assertEquals("b/größe.jpg", batch.getVector("path").getObject(2).toString());
      FixedSizeListVector embeddings = (FixedSizeListVector) batch.getVector("embedding");
      assertEquals(24, embeddings.getListSize());
      assertTrue(embeddings.isNull(1));
      assertEquals(rows[2][23], embeddings.getObject(2).get(23));
      assertTrue(
          reader
              .getVectorSchemaRoot()
              .getSchema()
              .getCustomMetadata()
              .get("model")
              .matches("[0-9a-f]{64}, of unit length"));
    }

    Path projector = out.resolve("projector");
    List<String> tensors = Files.readAllLines(projector.resolve("tensors.tsv"));
    assertEquals(4, tensors.size());
    assertEquals(23, tensors.get(1).chars().filter(c -> c == '\t').count());
    assertTrue(tensors.get(1).startsWith(rows[2][0] + "\t"), tensors.get(1));
    assertEquals(
        List.of("a, \"zitat\".png", "b/größe.jpg", "b/plain.bmp", "c.tiff"),
        Files.readAllLines(projector.resolve("metadata.tsv")));
    BufferedImage sprite = ImageIO.read(projector.resolve("sprite.png").toFile());
    assertEquals(128, sprite.getWidth());
    assertEquals(128, sprite.getHeight());
    // In the order of the metadata, row by row: a quarter of the pixels is noise, the rest a color.
    Color[] colors = {Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW};
    for (int i = 0; i < colors.length; i++) {
      assertColor(colors[i], sprite.getSubimage(i % 2 * 64, i / 2 * 64, 64, 64));
    }
    assertEquals(
        """
        embeddings {
          tensor_name: "embeddings"
          tensor_path: "tensors.tsv"
          metadata_path: "metadata.tsv"
          sprite {
            image_path: "sprite.png"
            single_image_dim: 64
            single_image_dim: 64
          }
        }
        """,
        Files.readString(projector.resolve("projector_config.pbtxt")));
  }

  @Test
  void takesTheMeanOfThePatches() throws IOException {
    assertEquals(0, embed("--pooling", "mean-patch").exitCode());
    float[][] means = Npy.read(out.resolve("embeddings.npy"), 6, 24);
    float[][][][] pixels = new float[1][16][16][3];
    BufferedImage image = ImageIO.read(data.resolve("b/plain.bmp").toFile()); // of the crop's size
    for (int i = 0; i < 768; i++) {
      int level = image.getRGB(i / 3 % 16, i / 48) >> (16 - 8 * (i % 3)) & 0xff;
      pixels[0][i / 48][i / 3 % 16][i % 3] = level / 255f;
    }
    try (Encoder encoder = Encoder.load(model, 1)) {
      float[] mean = new float[24];
      for (float[] patch : encoder.tokens(pixels).patches()[0]) {
        for (int d = 0; d < mean.length; d++) {
          mean[d] += patch[d] / 16;
        }
      }
      assertArrayEquals(mean, means[3], 1e-5f);
      assertNotEquals(encoder.embed(List.of(data.resolve("b/plain.bmp")))[0][0], means[3][0]);
    }
    CommandRun wrong = embed("--pooling", "max");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("must be one of [cls, mean-patch], but is 'max'"), wrong.err());
  }

  /** Names that only --format takes belong to the user before. */
  @Test
  void leavesFilesOfTheUserAlone() throws IOException {
    Path mine = Files.createDirectories(out.resolve("projector")).resolve("mine.txt");
    Files.writeString(mine, "mine");
    CommandRun run = embed("--format", "projector,csv");
    assertEquals(1, run.exitCode());
    assertEquals(
        "dino-vmf: '%s' exists already; remove it or choose another --out"
            .formatted(out.resolve("projector")),
        run.err().strip());
    assertEquals("mine", Files.readString(mine));
    assertEquals(Set.of("projector"), SmallEmbedding.names(out));
    assertEquals(0, embed("--format", "csv").exitCode());
    assertEquals("mine", Files.readString(mine));
  }

  private CommandRun embed(String... more) {
    return SmallEmbedding.embed(model, data, out, more);
  }

  private static void assertColor(Color expected, BufferedImage picture) {
    int[] wanted = {expected.getRed(), expected.getGreen(), expected.getBlue()};
    for (int band = 0; band < wanted.length; band++) {
      double mean =
          Arrays.stream(picture.getData().getSamples(0, 0, 64, 64, band, (int[]) null))
              .average()
              .orElseThrow();
      assertEquals(wanted[band], mean, 64, "mean of band " + band);
    }
  }

  private static double norm(float[] row) {
    double square = 0;
    for (float value : row) {
      square += (double) value * value;
    }
    return Math.sqrt(square);
  }
}
