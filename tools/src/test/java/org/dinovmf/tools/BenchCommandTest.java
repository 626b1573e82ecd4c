package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class BenchCommandTest {

  private static final List<String> SMALL =
      List.of(
          "--arch=vit_nano",
          "--image-size=16",
          "--patch-size=8",
          "--local-size=8",
          "--local-crops=2",
          "--head-hidden-dim=8",
          "--bottleneck-dim=4",
          "--num-prototypes=16",
          "--batch-size=2",
          "--threads=1",
          "--device=cpu");

  @TempDir private Path folder;

  private static CommandRun bench(String what, List<Object> more) {
    List<Object> arguments = new ArrayList<>(List.of("bench", what));
    arguments.addAll(SMALL);
    arguments.addAll(more);
    return CommandRun.of(arguments.toArray());
  }

  @Test
  void timesTheStepAndItsParts() throws IOException {
    CommandRun run = bench("step", List.of("--json", "--steps=3", "--warm-up=1", "--ops"));
    assertEquals(0, run.exitCode(), run.err());
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertEquals(2, report.get("images").asInt());
    assertEquals(3, report.get("steps").asInt());
    double median = report.get("medianSeconds").asDouble();
    assertTrue(report.get("p10Seconds").asDouble() <= median);
    assertTrue(report.get("p90Seconds").asDouble() >= median);
    assertEquals(2 / median, report.get("imagesPerSecond").asDouble(), 1e-6 / median);
    double shares =
        report.get("forwardShare").asDouble()
            + report.get("backwardShare").asDouble()
            + report.get("updateShare").asDouble();
    assertEquals(1, shares, 1e-9);
    assertTrue(report.get("gemmPeak").asDouble() > 1e8);
    List<String> ops = report.get("ops").findValuesAsText("op");
    assertTrue(ops.stream().anyMatch(op -> op.contains("MatMul")), ops.toString());
  }

  @Test
  void timesMasksAndAccumulation() {
    CommandRun run =
        bench("step", List.of("--method=ibot-vmf", "--accumulate=2", "--steps=1", "--warm-up=1"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains(" a second, 4 a step, 1 threads"), run.out());
  }

  @Test
  void timesTheInput() throws IOException {
    for (int i = 0; i < 8; i++) {
      TestImages.write(folder.resolve(i + ".png"), Color.RED, 20, 20, i);
    }
    CommandRun run = bench("input", List.of("--data", folder, "--seconds=1"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("of 1 threads; 2 crops of 16 pixels and 2 of 8"), run.out());
  }

  @Test
  void leavesWhatAnotherProgramNeedsToRepeatSteps() throws IOException {
    Path proof = folder.resolve("proof");
    CommandRun run =
        bench(
            "step",
            List.of("--method=dino", "--accumulate=1", "--drop-path=0", "--proof=" + proof));
    assertEquals(0, run.exitCode(), run.err());
    JsonNode told = new ObjectMapper().readTree(proof.resolve("proof.json").toFile());
    assertEquals(3, told.get("losses").size());
    for (JsonNode loss : told.get("losses")) {
      assertTrue(loss.asDouble() > 0, told.get("losses").toString());
    }
    assertNotEquals(told.get("losses").get(0), told.get("losses").get(1));
    assertEquals(16, told.get("config").get("model").get("head").get("numPrototypes").asInt());
    assertEquals(2 * 2 * 16 * 16 * 3, Files.size(proof.resolve("global.bin")));
    assertEquals(2 * 2 * 8 * 8 * 3, Files.size(proof.resolve("local.bin")));
    Path before = proof.resolve("before.safetensors");
    Path after = proof.resolve("after.safetensors");
    assertEquals(Files.size(before), Files.size(after));
    assertTrue(Files.mismatch(before, after) > 0);

    assertFalse(Files.exists(proof.resolve("before")), "the checkpoint is left");

    CommandRun drops = bench("step", List.of("--accumulate=1", "--proof=" + proof));
    assertEquals(2, drops.exitCode(), drops.err());
    CommandRun masks =
        bench(
            "step",
            List.of("--method=ibot", "--accumulate=1", "--drop-path=0", "--proof=" + proof));
    assertEquals(2, masks.exitCode(), masks.err());
    CommandRun several = bench("step", List.of("--accumulate=2", "--proof=" + proof));
    assertEquals(2, several.exitCode());
    assertTrue(
        several.err().contains("--proof is of steps of one batch without random drops and masks"),
        several.err());
  }

  @Test
  void timesATrainingFromFiles() throws IOException {
    for (int i = 0; i < 8; i++) {
      TestImages.write(folder.resolve(i + ".png"), Color.RED, 20, 20, i);
    }
    List<Object> options =
        List.of(
            "--data",
            folder,
            "--epochs=1",
            "--warmup-epochs=0",
            "--accumulate=1",
            "--max-time=1s",
            "--json");
    CommandRun run = bench("train", with(options, "--steps=2", "--warm-up=1"));
    assertEquals(0, run.exitCode(), run.err());
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertEquals(2, report.get("images").asInt());
    assertEquals(16, report.get("config").get("model").get("head").get("numPrototypes").asInt());
    double seconds = report.get("secondsPerStep").asDouble();
    assertEquals(2 / seconds, report.get("imagesPerSecond").asDouble(), 1e-6 / seconds);
    assertTrue(seconds > 0, run.out());
    double waitShare = report.get("waitShare").asDouble();
    assertTrue(waitShare >= 0 && waitShare < 1, run.out());

    CommandRun tooLong = bench("train", with(options, "--steps=4", "--warm-up=1"));
    assertEquals(2, tooLong.exitCode());
    assertTrue(
        tooLong
            .err()
            .contains(
                "5 steps are to be done, but 8 images in 1 epochs make 4; give fewer --steps or more --epochs"),
        tooLong.err());

    CommandRun tooFew = bench("train", List.of("--data", folder, "--accumulate=5"));
    assertEquals(2, tooFew.exitCode());
    assertTrue(
        tooFew
            .err()
            .contains(
                "a step takes 10 images, but there are only 8; give a smaller --batch-size or --accumulate"),
        tooFew.err());
  }

  private static List<Object> with(List<Object> options, Object... more) {
    List<Object> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void timesAModel() throws IOException {
    Path run = folder.resolve("run");
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    Path model = folder.resolve("model");
    assertEquals(0, CommandRun.of("export", "savedmodel", "--run", run, "--out", model).exitCode());
    Path images = folder.resolve("photos");
    TestImages.write(images.resolve("a.png"), Color.RED, 20, 30, 1);
    CommandRun found =
        CommandRun.of(
            "bench", "encode", "--model", model, "--data", images, "--calls", 2, "--batch-size", 3);
    assertEquals(0, found.exitCode(), found.err());
    List<String> lines = found.out().lines().toList();
    String rate = "median [0-9.]+ ms, p99 [0-9.]+ ms, [0-9.]+ images a second";
    assertTrue(lines.get(0).matches("batch 1: " + rate), found.out());
    assertTrue(lines.get(1).matches("batch 3: " + rate), found.out());
    assertTrue(
        lines.get(2).matches("files: 1 images in [0-9.]+ s, [0-9.]+ images a second"), found.out());
  }

  @Test
  void saysWhatIsWrongWithTheCallsOfAModel() {
    for (String[] wrong :
        new String[][] {
          {"--calls=0", "--calls must be at least 1, but is 0"},
          {"--batch-size=0", "--batch-size and --threads must be at least 1: --batch-size 0"}
        }) {
      CommandRun found = CommandRun.of("bench", "encode", "--model", folder, wrong[0]);
      assertEquals(2, found.exitCode());
      assertTrue(found.err().contains(wrong[1]), found.err());
    }
  }

  @Test
  void refusesToTimeAProof() {
    CommandRun found =
        bench("step", List.of("--proof=" + folder, "--steps=10", "--json", "--ops", "--warm-up=3"));
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: --proof times nothing and prints nothing: leave out --steps, --warm-up, --json, --ops",
        found.err().lines().findFirst().orElseThrow());
  }

  @Test
  void saysWhatIsMissing() {
    assertEquals(2, CommandRun.of("bench").exitCode());
    CommandRun noData = CommandRun.of("bench", "input");
    assertEquals(2, noData.exitCode());
    assertTrue(noData.err().contains("a folder of images is needed: --data DIR"), noData.err());
    CommandRun noTime = CommandRun.of("bench", "input", "--data", folder, "--seconds=0");
    assertEquals(2, noTime.exitCode());
    assertTrue(noTime.err().contains("--seconds must be at least 1, but is 0"), noTime.err());
    CommandRun noSteps = CommandRun.of("bench", "step", "--steps=0");
    assertEquals(2, noSteps.exitCode());
    assertTrue(
        noSteps.err().contains("--steps and --warm-up must be at least 1, but are 0 and 3"),
        noSteps.err());
  }
}
