package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each protocol from exported models and from imported weights, as from a run that was trained. */
@Tag("slow")
final class EvaluatedModelsTest {

  private static final String COPY = "copy --image-size=32";

  private static final String VIDEO = "video --image-size=64";

  private static final int SIDE = 64;

  @TempDir private static Path shared;

  private static Path run;
  private static Path model;
  private static Path modelOfAnySize;
  private static Path images;
  private static Path davis;

  @BeforeAll
  static void exportModels() throws IOException {
    ColoredRun made = ColoredRun.make(shared);
    run = made.run();
    images = made.images();
    model = export(run, shared.resolve("model"), "fixed");
    modelOfAnySize = export(run, shared.resolve("any"), "any");
    davis = shared.resolve("davis");
    for (int i = 0; i < 3; i++) {
      Path frame = davis.resolve("JPEGImages/480p/one/%d.png".formatted(i));
      TestImages.write(frame, i == 1 ? Color.RED : Color.BLUE, SIDE, SIDE, i);
      BufferedImage mask = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      for (int at = 0; at < 20 * 20; at++) {
        mask.getRaster().setSample(8 * i + at % 20, at / 20, 0, 1);
      }
      Path file = davis.resolve("Annotations/480p/one/%d.png".formatted(i));
      Files.createDirectories(file.getParent());
      ImageIO.write(mask, "png", file.toFile());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"knn --k=2", "fewshot --images=1", "linear --features=cls-mean --epochs=2"})
  void modelIsScoredAsItsRun(String protocol) throws IOException {
    List<Object> labeled = List.of("--train", images, "--val", images, "--json");
    assertEquals(
        top1(succeed(protocol, "--run", run, labeled)),
        top1(succeed(protocol, "--model", model, labeled)));
  }

  @Test
  void modelOfAnySizeIsScoredAsItsRun() {
    for (String protocol : new String[] {COPY, VIDEO}) {
      assertEquals(
          succeed(protocol, "--run", run, data(protocol)),
          succeed(protocol, "--model", modelOfAnySize, data(protocol)),
          protocol);
    }
  }

  @Test
  void modelOfOneSizeSaysThatItTakesItsSquareAlone() {
    for (String protocol : new String[] {COPY, VIDEO}) {
      CommandRun found = evaluate(protocol, "--model", model, data(protocol));
      assertEquals(2, found.exitCode(), protocol);
      assertEquals(
          "dino-vmf: this model takes squares of 16 pixels alone: export it with --sizes any, or use the run",
          found.err().strip());
    }
  }

  /** Its prototypes have a free length and no normalizer, so the model is without them. */
  @Test
  void importedCheckpointIsScoredAndItsModelHasNoClusters() {
    Path imported = Imports.full(shared.resolve("full"));
    List<Object> labeled = List.of("--train", images, "--val", images);
    succeed("knn --k=1", "--run", imported, labeled);
    succeed("fewshot --images=1", "--run", imported, labeled);
    succeed("linear --epochs=1", "--run", imported, labeled);
    succeed("retrieval", "--run", imported, List.of("--database", images));
    succeed("cluster", "--run", imported, List.of("--data", images));
    for (String protocol : new String[] {COPY, VIDEO}) {
      succeed(protocol, "--run", imported, data(protocol));
    }
    Path exported = export(imported, shared.resolve("no-mixture"), "fixed");
    assertHasNoPrototypes(evaluate("cluster", "--model", exported, List.of("--data", images)));
  }

  @Test
  void importedEncoderWithoutAHeadHasNoClusters() {
    Path imported = Imports.backbone(shared.resolve("backbone"), "dino-backbone.pth");
    assertHasNoPrototypes(evaluate("cluster", "--run", imported, List.of("--data", images)));
  }

  private static void assertHasNoPrototypes(CommandRun found) {
    assertEquals(2, found.exitCode());
    assertEquals(
        "dino-vmf: this encoder has no 'prototypes': only the checkpoint of a run with a trained head has it",
        found.err().strip());
  }

  private static List<Object> data(String protocol) {
    return protocol.equals(COPY)
        ? List.of("--originals", images, "--copies", images)
        : List.of("--data", davis);
  }

  private static Path export(Path run, Path model, String sizes) {
    CommandRun found =
        CommandRun.of("export", "savedmodel", "--run", run, "--out", model, "--sizes", sizes);
    assertEquals(0, found.exitCode(), found.err());
    return model;
  }

  private static String top1(String json) throws IOException {
    return new ObjectMapper().readTree(json).findValues("top1").toString();
  }

  private static String succeed(String protocol, String option, Object encoder, List<Object> more) {
    CommandRun found = evaluate(protocol, option, encoder, more);
    assertEquals(0, found.exitCode(), found.err());
    return found.out();
  }

  private static CommandRun evaluate(
      String protocol, String option, Object encoder, List<Object> more) {
    List<Object> arguments = new ArrayList<>(List.of("eval"));
    arguments.addAll(List.of((Object[]) protocol.split(" ")));
    arguments.addAll(List.of(option, encoder));
    arguments.addAll(more);
    return CommandRun.of(arguments.toArray());
  }
}
