package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.dinovmf.savedmodel.Ability;
import org.dinovmf.savedmodel.Classification;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.EncoderSpec;
import org.dinovmf.savedmodel.MissingAbilityException;
import org.dinovmf.tools.embed.TestPattern;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.Pixels;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.eval.linear.LinearHead;
import org.dinovmf.training.weights.LinearHeadFile;
import org.dinovmf.training.weights.SavedHead;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What eval linear trains is what a model answers. */
final class ServedHeadTest {

  /** Sums of products of float32 in another order, then a softmax. */
  private static final float TOLERANCE = 1e-5f;

  @TempDir private static Path shared;

  private static Path run;
  private static Path images;

  @BeforeAll
  static void makeRunAndImages() throws IOException {
    ColoredRun made = ColoredRun.make(shared);
    run = made.run();
    images = made.images();
  }

  @Tag("slow")
  @Test
  void modelGivesTheProbabilitiesOfTheHead() throws IOException {
    for (String features : List.of("cls", "cls-2", "cls-mean")) {
      Path head = train(features, shared.resolve(features + ".safetensors"));
      Path models = shared.resolve(features);
      CommandRun export = export("--out", models, "--head", head);
      assertEquals(0, export.exitCode(), export.err());
      LinearHead expected = LinearHeadFile.read(head).head();
      float[][][][] pixels = pixels();
      try (Encoder model = Encoder.load(models);
          Encoder teacher = teacher()) {
        float[][] rows = FeatureKind.parse(features).rows(teacher, pixels);
        Classification found = model.classify(pixels);
        assertEquals(List.of("blau", "grün", "rot"), found.classes());
        for (int i = 0; i < rows.length; i++) {
          assertArrayEquals(
              softmax(expected.logits(rows[i])), found.probabilities()[i], TOLERANCE, features);
        }
        assertTrue(model.has(Ability.TOKENS), "the other signatures stay");
      }
    }
  }

  @Test
  void refusesAHeadOfAnotherEncoder() throws IOException {
    Path head = train("cls", shared.resolve("this.safetensors"));
    Path other = Files.createDirectory(shared.resolve("other"));
    TinyRun.begin(other);
    TinyRun.save(other, 2);
    CommandRun found =
        CommandRun.of(
            "export",
            "savedmodel",
            "--run",
            other,
            "--out",
            shared.resolve("none"),
            "--head",
            head);
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: --head must be trained on the features of this encoder, but '%s' is of another encoder; train it on this run"
            .formatted(head),
        found.err().lines().findFirst().orElseThrow());
    assertTrue(Files.notExists(shared.resolve("none")));
  }

  @Test
  void refusesAHeadThatDoesNotFit() throws IOException {
    Path head = shared.resolve("narrow.safetensors");
    Path none = shared.resolve("none");
    for (Map.Entry<String, String> wrong :
        Map.of(
                "cls-mean",
                "a classifier of this encoder must have 48 weights for each class, but has 5",
                "cls-best",
                "features must be cls, cls-mean, cls-gem, or cls-N for the last N blocks, but are 'cls-best'",
                "cls-9",
                "a classifier of the class tokens of 9 blocks needs an encoder of at least 9 blocks, but this has 2")
            .entrySet()) {
      try (Encoder encoder = teacher()) {
        LinearHeadFile.write(
            head,
            new SavedHead(
                new LinearHead(new float[2][5], new float[2], List.of("a", "b"), wrong.getKey()),
                TestPattern.embedding(encoder)));
      }
      CommandRun found = export("--out", none, "--head", head);
      assertEquals(2, found.exitCode());
      assertEquals(
          "dino-vmf: --head '%s': %s; train it on this run".formatted(head, wrong.getValue()),
          found.err().lines().findFirst().orElseThrow());
      assertTrue(Files.notExists(none));
    }
  }

  @Test
  void refusesAHeadThatIsNoFile() {
    for (Path none : List.of(shared.resolve("missing.safetensors"), shared)) {
      CommandRun found = export("--out", shared.resolve("none"), "--head", none);
      assertEquals(2, found.exitCode());
      assertEquals(
          "dino-vmf: --head must be a file that eval linear --head wrote, but '%s' is none"
              .formatted(none),
          found.err().lines().findFirst().orElseThrow());
    }
  }

  @Test
  void refusesAHeadOfFeaturesThatNoSignatureMakes() {
    Path head = train("cls-gem", shared.resolve("gem.safetensors"));
    CommandRun found = export("--out", shared.resolve("none"), "--head", head);
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: --head must be of features cls, cls-N or cls-mean to be served, but is of 'cls-gem'; train it with one of these --features",
        found.err().lines().findFirst().orElseThrow());
  }

  @Test
  void modelWithoutAHeadSaysHowToGetOne() throws IOException {
    Path models = shared.resolve("plain");
    assertEquals(0, export("--out", models).exitCode());
    try (Encoder model = Encoder.load(models)) {
      assertFalse(model.has(Ability.CLASSIFY));
      float[][][][] pixels = pixels();
      assertEquals(
          "this encoder has no 'classify': export it with --head, the file of a head that eval linear trained",
          assertThrows(MissingAbilityException.class, () -> model.classify(pixels)).getMessage());
    }
  }

  /** The run and the model are other files, but the encoder is one. */
  @Tag("slow")
  @Test
  void headOfAModelIsServedByItsRun() {
    Path models = shared.resolve("trained-on");
    assertEquals(0, export("--out", models).exitCode());
    Path head = train("--model", models, "cls", shared.resolve("of-model.safetensors"));
    CommandRun found = export("--out", shared.resolve("served"), "--head", head);
    assertEquals(0, found.exitCode(), found.err());
  }

  private static Path train(String features, Path head) {
    return train("--run", run, features, head);
  }

  private static Path train(String option, Path encoder, String features, Path head) {
    CommandRun found =
        CommandRun.of(
            "eval",
            "linear",
            option,
            encoder,
            "--train",
            images,
            "--val",
            images,
            "--epochs",
            "5",
            "--features",
            features,
            "--head",
            head);
    assertEquals(0, found.exitCode(), found.err());
    return head;
  }

  private static CommandRun export(Object... more) {
    Object[] arguments = new Object[more.length + 4];
    System.arraycopy(new Object[] {"export", "savedmodel", "--run", run}, 0, arguments, 0, 4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    return CommandRun.of(arguments);
  }

  private static Encoder teacher() throws IOException {
    return Encoder.fromCheckpoint(
        TrainedEncoder.of(run, Optional.empty(), warning -> {}).source(), 1);
  }

  /** Random images of the evaluation's size. */
  private static float[][][][] pixels() throws IOException {
    EncoderSpec spec = TrainedEncoder.of(run, Optional.empty(), warning -> {}).spec();
    int side = spec.transform().crop();
    float[][][][] pixels = new float[4][][][];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < pixels.length; i++) {
      byte[] bytes = new byte[3 * side * side];
      random.nextBytes(bytes);
      pixels[i] = Pixels.of(new DecodedImage(side, side, spec.channels(), bytes));
    }
    return pixels;
  }

  private static float[] softmax(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    float[] probabilities = new float[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = (float) (Math.exp(logits[c]) / sum);
    }
    return probabilities;
  }
}
