package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.dinovmf.ops.VonMisesFisherMath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** What an encoder gives besides embeddings, from a checkpoint and from an exported model. */
final class EncoderAbilitiesTest {

  private static final float TOLERANCE = 1e-5f;

  @TempDir private static Path folder;

  private static TeacherCheckpoint teacher;
  private static Path version;
  private static Encoder checkpoint;
  private static Encoder fixed;
  private static Encoder any;

  @BeforeAll
  static void load() throws IOException {
    Path weights = folder.resolve("weights");
    teacher = new TeacherCheckpoint();
    teacher.save(weights);
    CheckpointSource source = TeacherCheckpoint.source(weights);
    checkpoint = Encoder.fromCheckpoint(source, 1);
    version = TeacherCheckpoint.export(weights, folder.resolve("fixed"));
    fixed = Encoder.load(version, 1);
    any =
        Encoder.load(
            EncoderExporter.export(source, ExportConfig.of(Sizes.ANY), folder.resolve("any")), 1);
  }

  @AfterAll
  static void close() {
    any.close();
    fixed.close();
    checkpoint.close();
    teacher.close();
  }

  @Test
  void knowsWhichSizesItTakes() {
    assertEquals(Sizes.ANY, checkpoint.sizes());
    assertEquals(Sizes.FIXED, fixed.sizes());
    assertEquals(Sizes.ANY, any.sizes());
  }

  @ParameterizedTest
  @CsvSource({"16, 16", "8, 8", "20, 12", "4, 40"})
  void givesTheSameFromCheckpointAndModelAtAnySize(int height, int width) {
    float[][][][] pixels = pixels(height, width);
    assertRows(checkpoint.embedPixels(pixels), any.embedPixels(pixels));
    TokenEmbeddings mine = checkpoint.tokens(pixels);
    TokenEmbeddings theirs = any.tokens(pixels);
    assertRows(checkpoint.embedPixels(pixels), mine.cls());
    assertRows(mine.cls(), theirs.cls());
    assertEquals(height / 4 * width / 4, mine.patches()[0].length);
    assertRows(mine.patches()[1], theirs.patches()[1]);
    float[][][][] attention = checkpoint.attention(pixels);
    assertEquals(height / 4, attention[0][0].length);
    assertEquals(width / 4, attention[0][0][0].length);
    assertRows(attention[1][1], any.attention(pixels)[1][1]);
    assertRows(checkpoint.assign(pixels).posteriors(), any.assign(pixels).posteriors());
  }

  @Test
  void givesTheSameWithAFixedSize() {
    float[][][][] pixels = pixels(16, 16);
    assertRows(teacher.embed(pixels), fixed.embedPixels(pixels));
    assertRows(teacher.embed(pixels), checkpoint.embedPixels(pixels));
    assertRows(checkpoint.tokens(pixels).patches()[0], fixed.tokens(pixels).patches()[0]);
    assertRows(checkpoint.attention(pixels)[0][1], fixed.attention(pixels)[0][1]);
  }

  @Test
  void takesBytesForFractions() {
    byte[][][][] bytes = new byte[1][16][16][3];
    float[][][][] fractions = new float[1][16][16][3];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 768; i++) {
      int level = random.nextInt(256);
      bytes[0][i / 48][i / 3 % 16][i % 3] = (byte) level;
      fractions[0][i / 48][i / 3 % 16][i % 3] = level / 255f;
    }
    assertRows(teacher.embed(fractions), fixed.embedPixels(bytes));
    assertRows(teacher.embed(fractions), checkpoint.embedPixels(bytes));
  }

  /** The definition in double precision, from the teacher's own graph. */
  @Test
  void assignsAsTheMixtureSays() {
    float[][][][] pixels = pixels(16, 16);
    float[][] prototypes = teacher.prototypes();
    assertRows(prototypes, checkpoint.prototypes());
    assertRows(teacher.sphere(pixels), checkpoint.sphereEmbeddings(pixels));
    assertEquals(0.07, checkpoint.temperature());
    for (Encoder encoder : new Encoder[] {checkpoint, fixed}) {
      Assignment found = encoder.assign(pixels);
      for (int i = 0; i < pixels.length; i++) {
        float[] y = teacher.sphere(pixels)[i];
        double[] densities = new double[prototypes.length];
        double[] kappas = new double[prototypes.length];
        double sum = 0;
        for (int k = 0; k < prototypes.length; k++) {
          double dot = 0;
          double square = 0;
          for (int d = 0; d < y.length; d++) {
            dot += (double) prototypes[k][d] * y[d];
            square += (double) prototypes[k][d] * prototypes[k][d];
          }
          kappas[k] = Math.sqrt(square) / 0.07;
          densities[k] =
              Math.exp(dot / 0.07 + VonMisesFisherMath.of(y.length).logNormalizer(kappas[k]));
          sum += densities[k];
        }
        assertRows(new float[][] {y}, new float[][] {found.embeddings()[i]});
        assertEquals(Math.log(sum / prototypes.length), found.logDensities()[i], 1e-4);
        double above = 1;
        for (int rank = 0; rank < 5; rank++) {
          int k = found.prototypes()[i][rank];
          assertEquals(densities[k] / sum, found.posteriors()[i][rank], 1e-5);
          assertEquals(kappas[k], found.kappas()[i][rank], 1e-4);
          assertTrue(found.posteriors()[i][rank] <= above);
          above = found.posteriors()[i][rank];
        }
        assertEquals(5, found.prototypes()[i].length);
      }
    }
  }

  @Test
  void givesTheClassTokensOfTheLastBlocks() {
    float[][][][] pixels = pixels(16, 16);
    float[][][] both = checkpoint.classTokens(2, pixels);
    assertEquals(2, both.length);
    assertRows(teacher.embed(pixels), both[1]);
    assertRows(both[1], checkpoint.classTokens(1, pixels)[0]);
    assertTrue(Math.abs(both[0][0][0] - both[1][0][0]) > 1e-3);
    IllegalArgumentException fault =
        assertThrows(IllegalArgumentException.class, () -> checkpoint.classTokens(3, pixels));
    assertEquals("blocks must be in 1..2, the depth of the encoder, but are 3", fault.getMessage());
  }

  @Test
  void saysWhatAModelCannotGive() {
    assertTrue(checkpoint.has(Ability.PROTOTYPES));
    assertTrue(fixed.has(Ability.ASSIGN));
    assertFalse(fixed.has(Ability.CLASS_TOKENS));
    UnsupportedOperationException fault =
        assertThrows(UnsupportedOperationException.class, fixed::prototypes);
    assertEquals(
        "this encoder has no 'prototypes': only the checkpoint of a run with a trained head has it",
        fault.getMessage());
    assertThrows(UnsupportedOperationException.class, fixed::temperature);
  }

  @Test
  void rejectsSidesThatThePatchDoesNotDivide() {
    IllegalArgumentException fault =
        assertThrows(IllegalArgumentException.class, () -> any.embedPixels(pixels(16, 18)));
    assertEquals(
        "pixels must be [batch, height, width, 3] with sides that the patch size 4 divides, but are [2, 16, 18, 3]",
        fault.getMessage());
  }

  /** As the first versions of this program exported. */
  @Test
  void loadsAModelOfTwoSignatures(@TempDir Path other) throws IOException {
    Path old = copy(other.resolve("old"));
    Path graph = old.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
    for (String key :
        new String[] {
          "from_bytes_oriented", "from_pixels_uint8", "tokens", "attention", "assign"
        }) {
      saved.getMetaGraphsBuilder(0).removeSignatureDef(key);
    }
    Files.write(graph, saved.build().toByteArray());
    try (Encoder encoder = Encoder.load(old, 1)) {
      float[][][][] pixels = pixels(16, 16);
      assertRows(teacher.embed(pixels), encoder.embedPixels(pixels));
      UnsupportedOperationException fault =
          assertThrows(UnsupportedOperationException.class, () -> encoder.attention(pixels));
      assertEquals("this encoder has no 'attention': export the model again", fault.getMessage());
    }
  }

  @Test
  void refusesPixelsOfUnknownRank(@TempDir Path other) throws IOException {
    Path foreign = copy(other.resolve("foreign"));
    Path graph = foreign.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
    SignatureDef.Builder pixels =
        saved.getMetaGraphs(0).getSignatureDefOrThrow("from_pixels").toBuilder();
    TensorInfo.Builder input = pixels.getInputsOrThrow("pixels").toBuilder();
    input.getTensorShapeBuilder().clear().setUnknownRank(true);
    Map<String, SignatureDef> changed = new HashMap<>(saved.getMetaGraphs(0).getSignatureDefMap());
    changed.put("from_pixels", pixels.putInputs("pixels", input.build()).build());
    IOException fault =
        assertThrows(IOException.class, () -> EncoderLoader.signatures(foreign, changed));
    assertEquals(
        "the 'pixels' of signature 'from_pixels' of model '%s' must be [batch, height, width, channels], but have no known rank"
            .formatted(foreign),
        fault.getMessage());
  }

  @Test
  void refusesAModelWhoseOutputsHaveOtherNames(@TempDir Path other) throws IOException {
    Path old = copy(other.resolve("old"));
    Path graph = old.resolve("saved_model.pb");
    SavedModel.Builder saved = SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
    SignatureDef.Builder assign =
        saved.getMetaGraphs(0).getSignatureDefOrThrow("assign").toBuilder();
    assign.putOutputs("prototypes", assign.getOutputsOrThrow("prototype_indices"));
    assign.removeOutputs("prototype_indices");
    saved.getMetaGraphsBuilder(0).putSignatureDef("assign", assign.build());
    Files.write(graph, saved.build().toByteArray());
    IOException fault = assertThrows(IOException.class, () -> Encoder.load(old, 1));
    assertEquals(
        ("signature 'assign' of model '%s' must have the outputs [kappas, log_density, posteriors,"
                + " prototype_indices, sphere_embedding], but has [kappas, log_density, posteriors,"
                + " prototypes, sphere_embedding]: another version of this program wrote it; export"
                + " the model again")
            .formatted(old),
        fault.getMessage());
  }

  private static Path copy(Path old) throws IOException {
    try (Stream<Path> files = Files.walk(version)) {
      for (Path file : files.toList()) {
        Files.copy(file, old.resolve(version.relativize(file).toString()));
      }
    }
    return old;
  }

  private static float[][][][] pixels(int height, int width) {
    SplittableRandom random = new SplittableRandom(height * 100L + width);
    float[][][][] pixels = new float[2][height][width][3];
    for (float[][][] image : pixels) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          for (int c = 0; c < 3; c++) {
            pixel[c] = (float) random.nextDouble();
          }
        }
      }
    }
    return pixels;
  }

  private static void assertRows(float[][] expected, float[][] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], found[i], TOLERANCE);
    }
  }
}
