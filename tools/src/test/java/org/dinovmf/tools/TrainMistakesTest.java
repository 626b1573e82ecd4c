package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new user may do wrong, and the one line that answers. */
class TrainMistakesTest {

  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallTraining.writeImages(images);
  }

  @Test
  void oneImageIsTooFew() throws IOException {
    Path one = folder.resolve("one");
    TestImages.write(one.resolve("a.png"), Color.RED, 20, 20, 1);
    Files.writeString(one.resolve("notes.txt"), "no image");
    CommandRun run = SmallTraining.train(one, folder.resolve("run"));
    assertEquals(ExitCodes.DATA, run.exitCode());
    assertEquals(
        "dino-vmf: only 1 usable image in %s, at least 2 needed; found: 1 PNG, other files by extension: 1 txt; supported are JPEG, PNG, BMP, GIF, WEBP, TIFF%n"
            .formatted(one),
        run.err());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void cropThatThePatchDoesNotDivideIsToldWithThoseThatItDoes() {
    CommandRun run = SmallTraining.train(images, folder.resolve("run"), "--image-size=90");
    assertEquals(ExitCodes.ARGUMENTS, run.exitCode());
    assertTrue(
        run.err()
            .contains(
                "--image-size 90 (flag) must be a multiple of --patch-size 8 (flag); use 88 or 96"),
        run.err());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void unknownOptionIsAnsweredWithTheNearest() {
    CommandRun run = SmallTraining.train(images, folder.resolve("run"), "--bach-size=8");
    assertEquals(ExitCodes.ARGUMENTS, run.exitCode());
    assertTrue(
        run.err()
            .startsWith("dino-vmf: unknown option '--bach-size'; did you mean '--batch-size'?"),
        run.err());
  }

  @Test
  void missingConfigurationFileIsNamed() {
    Path missing = folder.resolve("none.yaml");
    CommandRun run = SmallTraining.train(images, folder.resolve("run"), "--config=" + missing);
    assertEquals(ExitCodes.ARGUMENTS, run.exitCode());
    assertTrue(
        run.err().startsWith("dino-vmf: configuration file '%s' does not exist".formatted(missing)),
        run.err());
  }

  @Test
  void lossThatIsNotFiniteEndsTheRun() {
    CommandRun run =
        SmallTraining.train(
            images, folder.resolve("run"), "--lr=1e30", "--warmup-epochs=0", "--knn-every=0");
    assertEquals(ExitCodes.LOSS, run.exitCode(), run.err());
    String last = run.err().lines().reduce((first, second) -> second).orElseThrow();
    assertTrue(
        last.matches("dino-vmf: the loss or the gradient of step [0-9]+ is not finite; .*"), last);
  }

  /** Under a locale with decimal commas and another lower case of I. */
  @Tag("slow")
  @Test
  void trainsTheSameInTurkish() throws IOException {
    Locale before = Locale.getDefault();
    Path here = folder.resolve("one");
    assertEquals(ExitCodes.DONE, SmallTraining.train(images, here).exitCode());
    Path there = folder.resolve("two");
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      CommandRun run = SmallTraining.train(images, there);
      assertEquals(ExitCodes.DONE, run.exitCode(), run.err());
    } finally {
      Locale.setDefault(before);
    }
    String config = Files.readString(here.resolve("config.yaml"));
    assertEquals(
        config.replace(here.toString(), there.toString()),
        Files.readString(there.resolve("config.yaml")));
    String weights = "checkpoints/step-000000006/weights.data-00000-of-00001";
    assertArrayEquals(
        Files.readAllBytes(here.resolve(weights)), Files.readAllBytes(there.resolve(weights)));
    assertEquals(withoutTimes(here, "run.json"), withoutTimes(there, "run.json"));
    assertEquals(withoutTimes(here, "metrics.jsonl"), withoutTimes(there, "metrics.jsonl"));
  }

  /** A file of a run without the values that depend on the clock, and without the run's name. */
  private static String withoutTimes(Path run, String name) throws IOException {
    return Files.readString(run.resolve(name))
        .replace(run.toString(), "RUN")
        .replaceAll("\"(images_per_s|data_wait|started)\" ?: ?[^,}\n]+", "");
  }

  @Tag("slow")
  @Test
  void truncatedImagesAreBadUnlessTheyAreAllowed() throws IOException {
    Path damaged = folder.resolve("damaged");
    SmallTraining.writeImages(damaged);
    for (String name : new String[] {"blue/1.png", "blue/3.jpg"}) {
      byte[] whole = Files.readAllBytes(damaged.resolve(name));
      Files.write(damaged.resolve(name), Arrays.copyOf(whole, whole.length - whole.length / 10));
    }
    Path strict = folder.resolve("strict");
    assertEquals(ExitCodes.DONE, SmallTraining.train(damaged, strict).exitCode());
    String named = Files.readString(strict.resolve("bad_images.jsonl"));
    assertEquals(2, named.lines().count(), named);
    assertTrue(named.contains("\"path\":\"blue/1.png\""), named);
    assertTrue(named.contains("\"reason\":\"truncated or damaged: "), named);

    Path lenient = folder.resolve("lenient");
    CommandRun allowed = SmallTraining.train(damaged, lenient, "--allow-truncated");
    assertEquals(ExitCodes.DONE, allowed.exitCode(), allowed.err());
    assertFalse(Files.exists(lenient.resolve("bad_images.jsonl")));
  }
}
