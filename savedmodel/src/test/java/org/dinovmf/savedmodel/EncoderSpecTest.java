package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EncoderSpecTest {

  private static final VitConfig PATCH_16 = VitConfig.plain(96, 16, 8, 1, 2, 2, 3);

  @TempDir private Path folder;

  @Test
  void readsWhatItWrote() throws IOException {
    TeacherCheckpoint.SPEC.write(folder);
    assertEquals(TeacherCheckpoint.SPEC, EncoderSpec.read(folder));
  }

  @ParameterizedTest
  @CsvSource({"90,96 or 80", "10,16"})
  void namesTheNearestCropsThatThePatchDivides(int crop, String advice) {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () -> new EncoderSpec(PATCH_16, EvalTransform.whole(crop), Normalization.imageNet()));
    assertEquals(
        "crop of %d pixels is not a multiple of the patch size 16; use %s".formatted(crop, advice),
        fault.getMessage());
  }

  @Test
  void rejectsAMeanOfOtherChannels() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new EncoderSpec(
                    VitConfig.plain(96, 16, 8, 1, 2, 2, 1),
                    EvalTransform.whole(96),
                    Normalization.imageNet()));
    assertEquals(
        "mean and std must have a value for each of the 1 channels of the encoder, but have 3",
        fault.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"format\" : 2'|'\"format\" : 1'|must have format 2, but has 1",
        "'\"crop\" : 16'|'\"crop\" : 99'|is damaged: ",
        "'\"depth\"'|'\"dept\"'|is damaged: ",
        "'}'|''|is damaged: "
      })
  void saysWhatIsWrongWithItsFile(String written, String changed, String expected)
      throws IOException {
    TeacherCheckpoint.SPEC.write(folder);
    Path file = folder.resolve("assets.extra").resolve("encoder.json");
    Files.writeString(file, Files.readString(file).replace(written, changed));
    String message = assertThrows(IOException.class, () -> EncoderSpec.read(folder)).getMessage();
    assertEquals(
        "'%s' %s".formatted(file, expected),
        message.substring(
            0, Math.min(message.length(), file.toString().length() + 3 + expected.length())));
    assertEquals(1, message.lines().count());
  }
}
