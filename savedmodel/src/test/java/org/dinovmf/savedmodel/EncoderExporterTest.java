package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

final class EncoderExporterTest {

  @TempDir private static Path folder;

  private static Path checkpoint;
  private static TeacherCheckpoint teacher;
  private static Path version;

  @BeforeAll
  static void exportOnce() throws IOException {
    checkpoint = folder.resolve("gewichte-ä").resolve("weights");
    Files.createDirectories(checkpoint.getParent());
    teacher = new TeacherCheckpoint();
    teacher.save(checkpoint);
    version = TeacherCheckpoint.export(checkpoint, folder.resolve("modell-ö"));
  }

  @AfterAll
  static void close() {
    teacher.close();
  }

  @Test
  void givesTheTeachersEmbeddingOfPixels() throws IOException {
    float[][][][] pixels = {
      TestImages.pixels(TestImages.noise(16, 16, 1), 0, 0),
      TestImages.pixels(TestImages.noise(16, 16, 2), 0, 0)
    };
    float[][] expected = teacher.embed(pixels);
    try (Encoder encoder = Encoder.load(version)) {
      float[][] found = encoder.embedPixels(pixels);
      assertArrayEquals(expected[0], found[0], 1e-5f);
      assertArrayEquals(expected[1], found[1], 1e-5f);
    }
  }

  /** The shorter side is 18 already, so the transform only cuts: columns 6 to 21, rows 1 to 16. */
  @Test
  void givesTheTeachersEmbeddingOfAnEncodedImage() throws IOException {
    BufferedImage image = TestImages.noise(28, 18, 3);
    float[][] expected = teacher.embed(new float[][][][] {TestImages.pixels(image, 6, 1)});
    try (Encoder encoder = Encoder.load(version)) {
      assertArrayEquals(expected[0], encoder.embed(TestImages.encode(image, "png"))[0], 1e-5f);
    }
  }

  @Test
  void marksABadImageByNanAndKeepsItsNeighbors() throws IOException {
    byte[] good = TestImages.encode(TestImages.noise(30, 30, 4), "jpg");
    try (Encoder encoder = Encoder.load(version)) {
      float[][] rows = encoder.embed(good, new byte[] {1, 2, 3}, good);
      // To rounding: the place in the batch decides which instructions multiply.
      float[] alone = encoder.embed(good)[0];
      assertArrayEquals(alone, rows[0], 1e-6f);
      assertArrayEquals(alone, rows[2], 1e-6f);
      for (float value : rows[1]) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16, DT_HALF, 0.001", "BFLOAT16, DT_BFLOAT16, 0.01"})
  void keepsWeightsInHalfTheSize(
      WeightType weights, DataType type, float tolerance, @TempDir Path other) throws IOException {
    Path half =
        EncoderExporter.export(
            TeacherCheckpoint.source(checkpoint),
            new ExportConfig(Sizes.FIXED, weights, Optional.empty()),
            other);
    Set<DataType> types = new TreeSet<>();
    for (NodeDef node : TeacherCheckpoint.metaGraph(half).getGraphDef().getNodeList()) {
      if (node.getOp().equals("VarHandleOp")) {
        boolean isMixture = node.getName().startsWith("teacher/head/mixture/");
        DataType found = node.getAttrOrThrow("dtype").getType();
        assertEquals(isMixture ? DataType.DT_FLOAT : type, found, node.getName());
        types.add(found);
      }
    }
    assertEquals(Set.of(DataType.DT_FLOAT, type), types);
    String data = "variables/variables.data-00000-of-00001";
    assertTrue(Files.size(half.resolve(data)) < 0.52 * Files.size(version.resolve(data)));
    float[][][][] pixels = {TestImages.pixels(TestImages.noise(16, 16, 1), 0, 0)};
    float[] exact = teacher.embed(pixels)[0];
    try (Encoder encoder = Encoder.load(half, 1)) {
      float[] rounded = encoder.embedPixels(pixels)[0];
      // Rounding errors of the weights add up at random; an embedding is of length 5 or so.
      assertArrayEquals(exact, rounded, 5 * tolerance);
      assertFalse(Arrays.equals(exact, rounded));
      assertArrayEquals(
          new float[] {1},
          new float[] {(float) sum(encoder.assign(pixels).embeddings()[0])},
          1e-5f);
    }
  }

  private static double sum(float[] y) {
    double sum = 0;
    for (float value : y) {
      sum += (double) value * value;
    }
    return sum;
  }

  @Tag("slow")
  @Test
  void givesEachExportTheNextNumberAndReplacesNone(@TempDir Path other) throws IOException {
    Files.createDirectory(other.resolve("4"));
    Files.createDirectory(other.resolve("notes"));
    assertEquals(other.resolve("5"), TeacherCheckpoint.export(checkpoint, other));
    assertEquals(other.resolve("6"), TeacherCheckpoint.export(checkpoint, other));
    assertEquals(Set.of("4", "5", "6", "notes"), names(other));
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new TreeSet<>(entries.map(entry -> entry.getFileName().toString()).toList());
    }
  }
}
