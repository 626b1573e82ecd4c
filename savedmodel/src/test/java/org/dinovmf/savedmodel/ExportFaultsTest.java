package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.graph.VitConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an export refuses, and how it says so. */
final class ExportFaultsTest {

  @TempDir private static Path folder;

  private static Path checkpoint;

  @BeforeAll
  static void saveOnce() throws IOException {
    checkpoint = folder.resolve("weights");
    try (TeacherCheckpoint teacher = new TeacherCheckpoint()) {
      teacher.save(checkpoint);
    }
  }

  @Test
  void namesTheWeightsThatACheckpointLacks(@TempDir Path other) throws IOException {
    IOException fault =
        assertThrows(
            IOException.class,
            () -> export(TeacherCheckpoint.SPEC, checkpoint, "student/backbone", other));
    assertEquals(
        ("checkpoint '%s' lacks 29 of 30 weights of the encoder: "
                + "student/backbone/patch_embed/proj/weight, "
                + "student/backbone/patch_embed/proj/bias, student/backbone/pos_embed, "
                + "student/backbone/blocks/0/norm1/weight, "
                + "student/backbone/blocks/0/norm1/bias, ...")
            .formatted(checkpoint),
        fault.getMessage());
    try (Stream<Path> left = Files.list(other)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void saysWhichWeightHasAnotherShape(@TempDir Path other) {
    EncoderSpec wider =
        new EncoderSpec(
            VitConfig.plain(16, 4, 24, 2, 2, 3, 3),
            TeacherCheckpoint.SPEC.transform(),
            TeacherCheckpoint.SPEC.normalization());
    IOException fault =
        assertThrows(IOException.class, () -> export(wider, checkpoint, "teacher/backbone", other));
    assertEquals(
        ("weight 'teacher/backbone/blocks/0/mlp/fc1/weight' is [24, 72] here but [24, 48] in"
                + " '%s': another size of encoder?")
            .formatted(checkpoint),
        fault.getMessage());
  }

  @Test
  void rejectsACheckpointThatIsNot(@TempDir Path other) {
    Path nothing = other.resolve("weights");
    IOException fault =
        assertThrows(
            IOException.class, () -> TeacherCheckpoint.export(nothing, other.resolve("m")));
    assertEquals(
        "there is no checkpoint '%s': no file '%s.index'".formatted(nothing, nothing),
        fault.getMessage());
  }

  @Test
  void rejectsAFileInPlaceOfTheModelFolder(@TempDir Path other) throws IOException {
    Path file = Files.writeString(other.resolve("model"), "x");
    IOException fault =
        assertThrows(IOException.class, () -> TeacherCheckpoint.export(checkpoint, file));
    assertEquals(
        "'%s' must be a folder for the versions of a model, but is a file".formatted(file),
        fault.getMessage());
  }

  private static Path export(EncoderSpec spec, Path checkpoint, String weights, Path model)
      throws IOException {
    return EncoderExporter.export(
        CheckpointSource.of(spec, checkpoint, weights), ExportConfig.standard(), model);
  }
}
