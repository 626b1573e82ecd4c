package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.data.MaskShape;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.LossWeights;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PresetsTest {

  static List<String> names() {
    return Presets.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void makesAConfiguration(String name) {
    TrainConfig config = config(name);
    assertTrue(config.schedule().warmupEpochs() < config.schedule().epochs());
  }

  @ParameterizedTest
  @MethodSource("names")
  void isListed(String name) {
    assertEquals(1, Presets.list().stream().filter(line -> line.startsWith(name + ": ")).count());
  }

  @Test
  void findsNoOther() {
    assertEquals(Optional.empty(), Presets.find("../presets/small-28"));
  }

  @Test
  void theVanillaRunIsThatOfTheScript() {
    TrainConfig config = config("dino-vits16-vanilla");
    assertEquals(512, config.batch().total());
    assertEquals(PrototypeKind.UNIT, config.model().method().prototypes());
    assertEquals(ScheduleConfig.dino(), config.schedule());
    assertEquals(Set.of(), Presets.load("dino-vits16-vanilla").unverified());
  }

  @Test
  void theReleasedSmallRunMarksWhatIsUnverified() {
    TrainConfig config = config("dino-vits16");
    assertEquals(1024, config.batch().total());
    assertEquals(PrototypeKind.FREE, config.model().method().prototypes());
    assertEquals(
        new ScheduleConfig(
            800,
            5e-4,
            1e-5,
            10,
            0.04,
            0.4,
            0.996,
            0.04,
            0.07,
            30,
            1,
            ScheduleConfig.Patches.ibot()),
        config.schedule());
    assertEquals(0, config.optimizer().clipNorm());
    assertCrops(config);
    assertEquals(
        Set.of(
            "batch-size",
            "accumulate",
            "lr",
            "min-lr",
            "warmup-epochs",
            "clip-grad",
            "freeze-last-layer"),
        Presets.load("dino-vits16").unverified());
    assertTrue(
        Presets.list()
            .get(1)
            .endsWith(
                "(unverified: batch-size, accumulate, lr, min-lr, warmup-epochs, clip-grad,"
                    + " freeze-last-layer)"),
        Presets.list().get(1));
  }

  @Test
  void theReleasedBaseRunsHaveTheirBatchesAndRates() {
    TrainConfig base16 = config("dino-vitb16");
    assertEquals(1024, base16.batch().total());
    assertEquals(
        new ScheduleConfig(
            400,
            7.5e-4,
            2e-6,
            10,
            0.04,
            0.4,
            0.996,
            0.04,
            0.07,
            50,
            3,
            ScheduleConfig.Patches.ibot()),
        base16.schedule());
    assertEquals(0.3, base16.optimizer().clipNorm());
    assertEquals(PrototypeKind.UNIT, base16.model().method().prototypes());
    assertCrops(base16);

    TrainConfig base8 = config("dino-vitb8");
    assertEquals(1056, base8.batch().total());
    assertEquals(8, base8.model().encoder().patchSize());
    assertEquals(
        new ScheduleConfig(
            300,
            5e-4,
            2e-6,
            10,
            0.04,
            0.4,
            0.996,
            0.03,
            0.07,
            50,
            3,
            ScheduleConfig.Patches.ibot()),
        base8.schedule());
    assertEquals(3, base8.optimizer().clipNorm());
    assertCrops(base8);
  }

  @Test
  void theVmfRunsDifferOnlyInTheMethod() {
    for (String size : List.of("vits16", "vitb16")) {
      TrainConfig dino = config("dino-" + size);
      TrainConfig vmf = config("dino-vmf-" + size);
      assertEquals(MethodChoice.DINO_VMF.standard(), vmf.model().method());
      assertEquals(dino.schedule(), vmf.schedule());
      assertEquals(dino.batch(), vmf.batch());
      assertEquals(dino.crops(), vmf.crops());
      assertEquals(dino.optimizer(), vmf.optimizer());
      assertEquals(dino.model().encoder(), vmf.model().encoder());
      assertEquals(dino.model().head(), vmf.model().head());
      Set<String> unverified = Presets.load("dino-vmf-" + size).unverified();
      assertTrue(unverified.containsAll(Set.of("epochs", "batch-size", "lr", "teacher-temp")));
      assertEquals(size.equals("vits16"), unverified.contains("num-prototypes"));
    }
  }

  /** The command of bytedance/ibot's README, and the defaults of its script for the rest. */
  @Test
  void theReleasedSmallRunOfIbotIsThatOfItsReadme() {
    TrainConfig config = config("ibot-vits16");
    assertEquals(Set.of(), Presets.load("ibot-vits16").unverified());
    assertEquals(1024, config.batch().total());
    assertEquals(8192, config.model().head().numPrototypes());
    assertEquals(
        Method.distillation(PrototypeKind.FREE, Center.LOGIT, 0.9, 0.1)
            .withWeights(new LossWeights(1, 1, 0)),
        config.model().method());
    assertEquals(
        new PatchConfig(
            LastLayers.SHARED,
            new MaskConfig(MaskShape.BLOCK, List.of(0.0, 0.3), List.of(0.0, 0.2))),
        config.model().method().patches());
    assertEquals(
        new ScheduleConfig(
            800,
            5e-4,
            1e-6,
            10,
            0.04,
            0.4,
            0.996,
            0.04,
            0.07,
            30,
            1,
            new ScheduleConfig.Patches(0, 0.04, 0.07)),
        config.schedule());
    assertEquals(3, config.optimizer().clipNorm());
    assertCrops(config);
  }

  @Test
  void theBaseRunOfIbotMarksWhatIsUnverified() {
    TrainConfig config = config("ibot-vitb16");
    assertEquals(PrototypeKind.UNIT, config.model().method().prototypes());
    assertEquals(0.32, config.crops().global().minScale());
    assertEquals(0.3, config.optimizer().clipNorm());
    String line = Presets.list().get(Presets.names().indexOf("ibot-vitb16"));
    for (String key : List.of("prototypes", "mask-ratio", "epochs", "lr", "teacher-patch-temp")) {
      assertTrue(line.contains(" " + key), line);
    }
  }

  @Test
  void theVmfRunsOfIbotDifferOnlyInTheMethod() {
    for (String size : List.of("vits16", "vitb16")) {
      TrainConfig ibot = config("ibot-" + size);
      TrainConfig vmf = config("ibot-vmf-" + size);
      assertEquals(MethodChoice.IBOT_VMF.standard(), vmf.model().method());
      assertEquals(ibot.schedule(), vmf.schedule());
      assertEquals(ibot.batch(), vmf.batch());
      assertEquals(ibot.crops(), vmf.crops());
      assertEquals(ibot.optimizer(), vmf.optimizer());
      assertEquals(ibot.model().encoder(), vmf.model().encoder());
      assertEquals(ibot.model().head(), vmf.model().head());
      Set<String> unverified = Presets.load("ibot-vmf-" + size).unverified();
      assertTrue(unverified.containsAll(Set.of("epochs", "mask-ratio", "patch-weight", "lr")));
    }
  }

  private static void assertCrops(TrainConfig config) {
    assertEquals(10, config.crops().localCrops());
    assertEquals(96, config.crops().local().pixels());
    assertEquals(0.25, config.crops().global().minScale());
    assertEquals(0.05, config.crops().local().minScale());
    assertEquals(0.25, config.crops().local().maxScale());
  }

  private static TrainConfig config(String name) {
    Request request = new Request(Map.of(), Optional.empty(), Optional.of(name));
    return Resolver.resolve(request, Optional.empty(), Optional.empty())
        .withStatistics(Normalization.imageNet(), 1)
        .trainConfig();
  }
}
