package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.dinovmf.graph.preprocessing.Channels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.SavedModel;

final class EncoderTest {

  @TempDir private static Path folder;

  private static Path model;
  private static Encoder encoder;

  @BeforeAll
  static void load() throws IOException {
    Path checkpoint = folder.resolve("weights");
    model = folder.resolve("model");
    try (TeacherCheckpoint teacher = new TeacherCheckpoint()) {
      teacher.save(checkpoint);
      TeacherCheckpoint.export(checkpoint, model);
    }
    encoder = Encoder.load(model, 1);
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @Test
  void knowsItsSizes() {
    assertEquals(TeacherCheckpoint.SPEC, encoder.spec());
    assertEquals(24, encoder.dimension());
  }

  @Test
  void embedsFilesAsTheirBytes(@TempDir Path images) throws IOException {
    List<Path> files = new ArrayList<>();
    byte[][] bytes = new byte[3][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = TestImages.encode(TestImages.noise(20 + i, 30 - i, i), "png");
      files.add(Files.write(images.resolve("bild-ü-" + i), bytes[i]));
    }
    float[][] rows = encoder.embed(files);
    float[][] expected = encoder.embed(bytes);
    for (int i = 0; i < bytes.length; i++) {
      assertArrayEquals(expected[i], rows[i]);
    }
  }

  /** Each of the files but the last is no image. */
  @Tag("slow")
  @Test
  void embedsMoreFilesThanTheHeapHolds(@TempDir Path images) throws IOException {
    int size = 16 << 20;
    Path large = Files.write(images.resolve("large"), new byte[size]);
    byte[] image = TestImages.encode(TestImages.noise(20, 20, 1), "png");
    int count = (int) (Runtime.getRuntime().maxMemory() / size);
    List<Path> files = new ArrayList<>(Collections.nCopies(count, large));
    files.add(Files.write(images.resolve("small"), image));
    float[][] rows = encoder.embed(files);
    assertEquals(files.size(), rows.length);
    assertTrue(Float.isNaN(rows[count - 1][0]));
    assertArrayEquals(encoder.embed(image)[0], rows[count], 1e-6f);
  }

  @Test
  void embedsABitmapAsItsLosslessTwin() {
    BufferedImage image = TestImages.noise(25, 19, 8);
    byte[] rgb = new byte[25 * 19 * 3];
    for (int i = 0; i < 25 * 19; i++) {
      int pixel = image.getRGB(i % 25, i / 25);
      rgb[3 * i] = (byte) (pixel >> 16);
      rgb[3 * i + 1] = (byte) (pixel >> 8);
      rgb[3 * i + 2] = (byte) pixel;
    }
    assertArrayEquals(
        encoder.embed(TestImages.encode(image, "png"))[0],
        encoder.embed(Bitmap.of(25, 19, Channels.COLOR, rgb))[0]);
  }

  @Test
  void readsACheckpointWithoutAnExport() throws IOException {
    byte[] image = TestImages.encode(TestImages.noise(20, 30, 9), "png");
    try (Encoder direct =
        Encoder.fromCheckpoint(TeacherCheckpoint.source(folder.resolve("weights")), 1)) {
      assertEquals(TeacherCheckpoint.SPEC, direct.spec());
      assertArrayEquals(encoder.embed(image)[0], direct.embed(image)[0], 1e-5f);
    }
  }

  @Test
  void embedsNothingAsNothing() throws IOException {
    assertEquals(0, encoder.embed().length);
    assertEquals(0, encoder.embed(List.of()).length);
    assertEquals(0, encoder.embedPixels(new float[0][][][]).length);
  }

  @Test
  void servesThreadsAtOnce() throws InterruptedException, ExecutionException {
    byte[][] images = new byte[8][];
    float[][] expected = new float[images.length][];
    for (int i = 0; i < images.length; i++) {
      images[i] = TestImages.encode(TestImages.noise(20, 20, i), "png");
      expected[i] = encoder.embed(images[i])[0];
    }
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[][]>> results = new ArrayList<>();
      for (byte[] image : images) {
        results.add(pool.submit(() -> encoder.embed(image)));
      }
      for (int i = 0; i < images.length; i++) {
        assertArrayEquals(expected[i], results.get(i).get()[0]);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void rejectsPixelsOfAnotherSize() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class, () -> encoder.embedPixels(new float[2][16][12][3]));
    assertEquals("pixels must be [batch, 16, 16, 3], but are [2, 16, 12, 3]", fault.getMessage());
  }

  @Test
  void rejectsAFileThatIsMissing(@TempDir Path images) {
    Path missing = images.resolve("missing.png");
    IOException fault = assertThrows(IOException.class, () -> encoder.embed(List.of(missing)));
    assertEquals("image '%s' is not a file".formatted(missing), fault.getMessage());
  }

  @Test
  void rejectsAFolderThatIsNoModel(@TempDir Path empty) {
    assertEquals(
        "'%s' is not a SavedModel: it holds no saved_model.pb".formatted(empty), loadFault(empty));
    Path missing = empty.resolve("missing");
    assertEquals("'%s' is not a SavedModel: no such folder".formatted(missing), loadFault(missing));
  }

  @Test
  void rejectsAModelThatIsNoEncoder(@TempDir Path other) throws IOException {
    Files.write(other.resolve("saved_model.pb"), new byte[0]);
    assertEquals(
        "'%s' is not an encoder that this program exported: it holds no %s"
            .formatted(other, Path.of("assets.extra", "encoder.json")),
        loadFault(other));
  }

  @Test
  void saysWhichSignaturesAModelHasInstead(@TempDir Path other) throws IOException {
    Path version = model.resolve("1");
    MoreFiles.deleteRecursively(other, RecursiveDeleteOption.ALLOW_INSECURE);
    try (Stream<Path> files = Files.walk(version)) {
      for (Path file : files.toList()) {
        Files.copy(file, other.resolve(version.relativize(file).toString()));
      }
    }
    Path graph = other.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
    saved.getMetaGraphsBuilder(0).removeSignatureDef("from_pixels");
    Files.write(graph, saved.build().toByteArray());
    assertEquals(
        "model '%s' must have the signatures 'serving_default' and 'from_pixels' of an encoder, but has [assign, attention, from_bytes_oriented, from_pixels_uint8, serving_default, tokens]"
            .formatted(other),
        loadFault(other));
  }

  @Test
  void saysThatAModelIsDamaged(@TempDir Path other) throws IOException {
    TeacherCheckpoint.SPEC.write(other);
    Files.write(other.resolve("saved_model.pb"), new byte[] {1, 2, 3});
    String message = loadFault(other);
    assertTrue(message.startsWith("model '%s' cannot be loaded: ".formatted(other)), message);
    assertEquals(1, message.lines().count());
  }

  private static String loadFault(Path path) {
    return assertThrows(IOException.class, () -> Encoder.load(path)).getMessage();
  }
}
