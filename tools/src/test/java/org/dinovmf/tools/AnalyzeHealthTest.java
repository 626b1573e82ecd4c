package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are made to fail, and runs that are not. */
@Tag("slow")
final class AnalyzeHealthTest {

  @TempDir private static Path shared;

  private static Path images;

  @BeforeAll
  static void writeImages() throws IOException {
    images = shared.resolve("images");
    SmallTraining.writeImages(images);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dino", "dino-vmf", "ibot-vmf"})
  void isSilentOfARunThatLearns(String method) throws IOException {
    assertEquals(List.of(), verdicts("healthy-" + method, "--method=" + method));
  }

  /** A temperature at which no prototype is more likely than another. */
  @Test
  void namesAUniformTeacher() throws IOException {
    assertEquals(
        List.of("UNIFORM_COLLAPSE"),
        verdicts("uniform", "--warmup-teacher-temp=5", "--teacher-temp=5"));
  }

  /** A center that stays where it is holds no prototype back, and the teacher is soon there. */
  @Test
  void namesOnePrototypeForAll() throws IOException {
    assertEquals(
        List.of("ONE_HOT_COLLAPSE"),
        verdicts(
            "one-hot",
            "--center-momentum=1",
            "--teacher-momentum=0.5",
            "--warmup-teacher-temp=0.005",
            "--teacher-temp=0.005"));
  }

  /**
   * Weight decay takes from the encoder all that depends on the image. The center stays where it is
   * and the temperature is high, or else the one point would make the teacher uniform or sure.
   */
  @Test
  void namesOnePointForAll() throws IOException {
    assertEquals(
        List.of("ONE_POINT"),
        verdicts(
            "one-point",
            "--method=dino",
            "--weight-decay=300",
            "--weight-decay-end=300",
            "--teacher-momentum=0.5",
            "--center-momentum=1",
            "--warmup-teacher-temp=0.3",
            "--teacher-temp=0.3"));
  }

  @Test
  void waitsForTheEndOfTheWarmup() throws IOException {
    Path run = shared.resolve("young");
    CommandRun trained = SmallTraining.train(images, run, "--epochs=1");
    assertEquals(0, trained.exitCode(), trained.err());
    CommandRun found = CommandRun.of("analyze", "health", run);
    assertEquals(0, found.exitCode(), found.err());
    assertTrue(
        found.out().contains("too early to say: 1 reports after the warm-up, and 3 are needed"),
        found.out());
  }

  private static List<String> verdicts(String name, String... options) throws IOException {
    Path run = shared.resolve(name);
    List<String> all =
        new ArrayList<>(
            List.of("--epochs=16", "--lr=0.01", "--checkpoint-every=16", "--knn-every=16"));
    all.addAll(List.of(options));
    CommandRun trained = SmallTraining.train(images, run, all.toArray(String[]::new));
    assertEquals(0, trained.exitCode(), trained.err());
    CommandRun found = CommandRun.of("analyze", "health", run, "--json");
    assertEquals(0, found.exitCode(), found.err());
    List<String> verdicts = new ArrayList<>();
    for (JsonNode finding : new ObjectMapper().readTree(found.out()).get("findings")) {
      verdicts.add(finding.get("verdict").asText());
    }
    return verdicts;
  }
}
