package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Precision;
import org.dinovmf.tools.config.Facts.Device;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.BadImagePolicy;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.data.MaskShape;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.LossWeights;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.method.TargetKind;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolverTest {

  private static final Facts FACTS = new Facts(6000, 28, Device.CPU, 4, 16L << 30);

  @TempDir private Path folder;

  @Test
  void theStrongerLayerWins() throws IOException {
    Path file = write("epochs: 30\nlr: 0.2\n");
    Request request =
        new Request(Map.of("lr", List.of("0.1")), Optional.of(file), Optional.of("dino-vits16"));
    Resolved resolved = Resolver.resolve(request, Optional.empty(), Optional.of(FACTS));

    assertEquals(0.1, resolved.get(Settings.LR));
    assertEquals("flag", resolved.origin(Settings.LR).toString());
    assertEquals(30, resolved.get(Settings.EPOCHS));
    assertEquals("file %s:1".formatted(file), resolved.origin(Settings.EPOCHS).toString());
    assertEquals(16, resolved.get(Settings.ACCUMULATE));
    assertEquals("preset dino-vits16, unverified", resolved.origin(Settings.ACCUMULATE).toString());
    assertEquals("preset dino-vits16", resolved.origin(Settings.ARCH).toString());
    assertEquals(Optional.of(4), resolved.get(Settings.THREADS));
    assertEquals(
        "auto: one for each of the 4 CPU cores", resolved.origin(Settings.THREADS).toString());
    assertEquals(0.5, resolved.get(Settings.FLIP));
    assertEquals("default: DINO's main_dino.py", resolved.origin(Settings.FLIP).toString());
  }

  @Test
  void aFileMayNameThePresetItChanges() throws IOException {
    Path file = write("preset: small-28\nseed: 7\n");
    Resolved resolved =
        Resolver.resolve(
            new Request(Map.of(), Optional.of(file), Optional.empty()),
            Optional.empty(),
            Optional.empty());
    assertEquals(7L, resolved.get(Settings.SEED));
    assertEquals(28, resolved.get(Settings.IMAGE_SIZE));

    Request other = new Request(Map.of(), Optional.of(file), Optional.of("small-32"));
    assertEquals(
        32, Resolver.resolve(other, Optional.empty(), Optional.empty()).get(Settings.IMAGE_SIZE));
  }

  @Test
  void tellsAllFaultsAtOnce() throws IOException {
    Path file = write("bach-size: 4\nlr: 1,5\nepochs: 5\n");
    Request request =
        new Request(
            Map.of("epochs", List.of("five"), "seed", List.of("1")),
            Optional.of(file),
            Optional.of("small-29"));
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> Resolver.resolve(request, Optional.empty(), Optional.of(FACTS)));
    assertEquals(
        List.of(
            file + ":1: unknown key 'bach-size'; did you mean 'batch-size'?",
            "--epochs must be a whole number of at least 1, but is 'five'",
            file + ":2: lr must be a number with a decimal point, such as 1.5, but is '1,5'",
            "preset must be one of %s, but is 'small-29'; did you mean 'small-28'?"
                .formatted(String.join(", ", Presets.names()))),
        e.getMessage().lines().toList());
  }

  @Test
  void tellsWhatDoesNotGoTogether() {
    Request request =
        flags(
            "image-size",
            "90",
            "patch-size",
            "16",
            "local-size",
            "10",
            "epochs",
            "5",
            "warmup-epochs",
            "6",
            "eval-resize",
            "80");
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> Resolver.resolve(request, Optional.empty(), Optional.empty()));
    assertEquals(
        List.of(
            "--image-size 90 (flag) must be a multiple of --patch-size 16 (flag); use 80 or 96",
            "--local-size 10 (flag) must be a multiple of --patch-size 16 (flag); use 16",
            "--warmup-epochs 6 (flag) must be at most --epochs 5 (flag)",
            "--eval-resize 80 (flag) must be at least --image-size 90 (flag)"),
        e.getMessage().lines().toList());
  }

  @Test
  void keepsAWarmUpThatAFileGives() throws IOException {
    Path file = write("epochs: 5\nwarmup-epochs: 6\n");
    Request request = new Request(Map.of(), Optional.of(file), Optional.empty());
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> Resolver.resolve(request, Optional.empty(), Optional.empty()));
    assertEquals(
        List.of(
            "--warmup-epochs 6 (file %s:2) must be at most --epochs 5 (file %s:1)"
                .formatted(file, file)),
        e.getMessage().lines().toList());
  }

  @Test
  void withoutLocalCropsTheirSizeIsFree() {
    Resolved resolved =
        Resolver.resolve(
            flags("local-crops", "0", "local-size", "10"), Optional.empty(), Optional.empty());
    assertEquals(10, resolved.get(Settings.LOCAL_SIZE));
  }

  @Test
  void smallImagesAreEvaluatedWhole() {
    Resolved small =
        Resolver.resolve(
            flags("image-size", "64", "patch-size", "8"), Optional.empty(), Optional.empty());
    assertEquals(Optional.of(64), small.get(Settings.EVAL_RESIZE));
    Resolved larger =
        Resolver.resolve(
            flags("image-size", "72", "patch-size", "8"), Optional.empty(), Optional.empty());
    assertEquals(Optional.of(82), larger.get(Settings.EVAL_RESIZE));
  }

  @Test
  void tellsWhatTheRecordsRefuse() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                Resolver.resolve(flags("image-size", "8192"), Optional.empty(), Optional.empty()));
    assertEquals(
        List.of("crop size must be 1 to 4096 pixels, but is 8192; given: --image-size 8192 (flag)"),
        e.getMessage().lines().toList());
  }

  @Test
  void shortRunsHaveAShortWarmUp() {
    Request request =
        new Request(Map.of("epochs", List.of("4")), Optional.empty(), Optional.of("dino-vits16"));
    Resolved resolved = Resolver.resolve(request, Optional.empty(), Optional.empty());
    assertEquals(0, resolved.get(Settings.WARMUP_EPOCHS));
    assertEquals(
        "auto: a tenth of the 4 epochs", resolved.origin(Settings.WARMUP_EPOCHS).toString());
  }

  @Test
  void buildsTheRecordsOfTheBuiltInValues() {
    Resolved resolved =
        Resolver.resolve(
                flags("method", "DINO", "threads", "3", "max-time", "2h"),
                Optional.empty(),
                Optional.empty())
            .withStatistics(Normalization.imageNet(), 10);
    TrainConfig config = resolved.trainConfig();
    assertEquals(Method.dino(), config.model().method());
    assertEquals(384, config.model().encoder().embedDim());
    assertEquals(14, config.model().encoder().grid());
    assertEquals(65536, config.model().head().numPrototypes());
    assertEquals(0.1, config.model().dropPath());
    assertEquals(MultiCropConfig.dino(), config.crops());
    assertEquals(Normalization.imageNet(), config.normalization());
    assertEquals(256, config.evaluation().resize());
    assertEquals(64, config.batch().total());
    assertEquals(AdamWConfig.dino(), config.optimizer());
    assertEquals(ScheduleConfig.dino(), config.schedule());
    RunOptions standard = RunOptions.standard(3);
    assertEquals(
        new RunOptions(
            3,
            standard.checkpointEpochs(),
            standard.keepCheckpoints(),
            standard.logSteps(),
            Optional.of(Duration.ofHours(2)),
            standard.badImages(),
            standard.decoding()),
        resolved.runOptions());
    assertEquals(Optional.of(5), resolved.knnEvery());
  }

  @Test
  void eachSettingReachesItsPlace() {
    Resolved resolved =
        Resolver.resolve(
            flags(
                "arch",
                "vit_nano",
                "patch-size",
                "5",
                "image-size",
                "30",
                "local-size",
                "15",
                "prototypes",
                "free",
                "center",
                "logit",
                "center-momentum",
                "0.8",
                "student-temp",
                "0.2",
                "num-prototypes",
                "11",
                "bottleneck-dim",
                "12",
                "head-hidden-dim",
                "13",
                "drop-path",
                "0.05",
                "precision",
                "bfloat16",
                "local-crops",
                "3",
                "global-scale",
                "0.3 0.9",
                "local-scale",
                "0.1 0.2",
                "flip",
                "0.01",
                "jitter",
                "0.02",
                "brightness",
                "0.03",
                "contrast",
                "0.04",
                "saturation",
                "0.06",
                "hue",
                "0.07",
                "gray",
                "0.08",
                "blur",
                "0.11 0.12 0.13",
                "solarize",
                "0.14",
                "mean",
                "0.1 0.2 0.3",
                "std",
                "0.4 0.5 0.6",
                "eval-resize",
                "33",
                "batch-size",
                "17",
                "accumulate",
                "2",
                "clip-grad",
                "0.9",
                "epochs",
                "21",
                "lr",
                "0.22",
                "min-lr",
                "0.23",
                "warmup-epochs",
                "4",
                "weight-decay",
                "0.25",
                "weight-decay-end",
                "0.26",
                "teacher-momentum",
                "0.27",
                "warmup-teacher-temp",
                "0.28",
                "teacher-temp",
                "0.29",
                "warmup-teacher-temp-epochs",
                "6",
                "freeze-last-layer",
                "7",
                "method",
                "ibot",
                "teacher-target",
                "sinkhorn",
                "cls-weight",
                "0.36",
                "patch-weight",
                "0.37",
                "koleo-weight",
                "0.38",
                "last-layers",
                "student-separate",
                "mask-shape",
                "random",
                "mask-ratio",
                "0.39 0.41 0.5",
                "mask-ratio-var",
                "0 0.2 0.42",
                "mask-start-epoch",
                "3",
                "warmup-teacher-patch-temp",
                "0.05",
                "teacher-patch-temp",
                "0.06",
                "seed",
                "-8",
                "threads",
                "9",
                "max-bad-images",
                "31",
                "checkpoint-every",
                "32",
                "keep-checkpoints",
                "34",
                "log-every",
                "35",
                "knn-every",
                "0"),
            Optional.empty(),
            Optional.empty());
    TrainConfig config = resolved.trainConfig();
    assertEquals(
        new Method(
            PrototypeKind.FREE,
            TargetKind.SINKHORN,
            Center.LOGIT,
            0.8,
            0.2,
            new LossWeights(0.36, 0.37, 0.38),
            new PatchConfig(
                LastLayers.STUDENT_SEPARATE,
                new MaskConfig(
                    MaskShape.RANDOM, List.of(0.39, 0.41, 0.5), List.of(0.0, 0.2, 0.42)))),
        config.model().method());
    assertEquals(64, config.model().encoder().embedDim());
    assertEquals(5, config.model().encoder().patchSize());
    assertEquals(30, config.model().encoder().imageSize());
    assertEquals(11, config.model().head().numPrototypes());
    assertEquals(12, config.model().head().bottleneckDim());
    assertEquals(13, config.model().head().hiddenDim());
    assertEquals(0.05, config.model().dropPath());
    assertEquals(Precision.BFLOAT16, config.model().precision());
    assertEquals(
        new MultiCropConfig(
            new MultiCropConfig.Crop(30, 0.3, 0.9),
            new MultiCropConfig.Crop(15, 0.1, 0.2),
            3,
            0.75,
            4.0 / 3,
            0.01,
            new MultiCropConfig.Jitter(0.02, 0.03, 0.04, 0.06, 0.07),
            0.08,
            new MultiCropConfig.Blur(0.11, 0.12, 0.13, 0.1, 2.0),
            new MultiCropConfig.Solarize(0.14, 128)),
        config.crops());
    assertEquals(
        new Normalization(List.of(0.1, 0.2, 0.3), List.of(0.4, 0.5, 0.6)), config.normalization());
    assertEquals(33, config.evaluation().resize());
    assertEquals(30, config.evaluation().crop());
    assertEquals(17, config.batch().batchSize());
    assertEquals(2, config.batch().accumulate());
    assertEquals(new AdamWConfig(0.9, 0.999, 1e-8, 0.9), config.optimizer());
    assertEquals(
        new ScheduleConfig(
            21,
            0.22,
            0.23,
            4,
            0.25,
            0.26,
            0.27,
            0.28,
            0.29,
            6,
            7,
            new ScheduleConfig.Patches(3, 0.05, 0.06)),
        config.schedule());
    assertEquals(-8, config.seed());
    assertEquals(
        new RunOptions(
            9, 32, 34, 35, Optional.empty(), BadImagePolicy.atMost(31), DecodeRules.standard()),
        resolved.runOptions());
    assertEquals(Optional.empty(), resolved.knnEvery());
  }

  @Test
  void whatItWritesResolvesToTheSame() throws IOException {
    Resolved first =
        Resolver.resolve(
                flags("blur", "0 0 0.5", "max-time", "90m", "seed", "-3"),
                Optional.empty(),
                Optional.of(FACTS))
            .withStatistics(
                new Normalization(List.of(0.1, 1.0 / 3, 0.2), List.of(0.25, 0.3, 1e-3)), 6000);
    Path file = write(first.toYaml());
    Resolved again =
        Resolver.resolve(
            new Request(Map.of(), Optional.of(file), Optional.empty()),
            Optional.empty(),
            Optional.of(new Facts(50, 500, Device.GPU, 64, 100L << 30)));
    for (Setting<?> setting : Settings.all()) {
      assertEquals(first.get(setting), again.get(setting), setting.key());
    }
    assertEquals(first.trainConfig(), again.trainConfig());
    assertEquals(first.runOptions(), again.runOptions());
    assertTrue(first.toYaml().contains("# flag\n"));
    assertTrue(first.toYaml().contains("# auto: measured on 6000 images\n"));
    assertTrue(again.toYaml().lines().anyMatch(line -> line.matches("seed: -3 +# file .*")));
  }

  @Test
  void measuresOnlyWhatIsNotGiven() {
    Resolved resolved =
        Resolver.resolve(flags("std", "0.1 0.2 0.3"), Optional.empty(), Optional.empty());
    assertTrue(resolved.needsStatistics());
    assertThrows(IllegalStateException.class, resolved::trainConfig);
    Resolved measured = resolved.withStatistics(Normalization.imageNet(), 5);
    assertFalse(measured.needsStatistics());
    assertEquals(Normalization.imageNet().mean(), measured.trainConfig().normalization().mean());
    assertEquals(List.of(0.1, 0.2, 0.3), measured.trainConfig().normalization().std());
    assertTrue(resolved.needsStatistics());
  }

  @Test
  void methodsBringTheirPrototypesAndCenter() {
    for (MethodChoice choice : MethodChoice.values()) {
      Resolved resolved =
          Resolver.resolve(flags("method", choice.label()), Optional.empty(), Optional.empty());
      assertEquals(
          choice.standard(),
          resolved.withStatistics(Normalization.imageNet(), 1).trainConfig().model().method());
    }
  }

  /**
   * A preset of DINO fixes the length of its prototypes; under another name that would be wrong.
   */
  @Test
  void aMethodThatIsGivenBringsItsOwnPrototypesAndCenter() throws IOException {
    for (String preset : List.of("ibot-vits16", "dino-vitb16")) {
      Request vmf =
          new Request(Map.of("method", List.of("ibot-vmf")), Optional.empty(), Optional.of(preset));
      Resolved resolved = Resolver.resolve(vmf, Optional.empty(), Optional.empty());
      assertEquals(Optional.of(PrototypeKind.VMF), resolved.get(Settings.PROTOTYPES), preset);
      assertEquals(Optional.of(Center.PROBABILITY), resolved.get(Settings.CENTER), preset);
      assertEquals(
          "auto: as method ibot-vmf has it", resolved.origin(Settings.PROTOTYPES).toString());
    }
    Path file = write("method: dino\nprototypes: unit\ncenter: logit\nlr: 0.2\n");
    Request other =
        new Request(
            Map.of("method", List.of("dino-vmf")), Optional.of(file), Optional.of("ibot-vits16"));
    Resolved resolved = Resolver.resolve(other, Optional.empty(), Optional.empty());
    assertEquals(Optional.of(PrototypeKind.VMF), resolved.get(Settings.PROTOTYPES));
    assertEquals(Optional.of(Center.PROBABILITY), resolved.get(Settings.CENTER));
    assertEquals(0.2, resolved.get(Settings.LR));
    assertEquals(
        Origin.Kind.DEFAULT, resolved.origin(Settings.MASK_RATIO).kind(), "it masks nothing");
  }

  @Test
  void prototypesOfTheSameMethodStay() throws IOException {
    Request same =
        new Request(
            Map.of("method", List.of("ibot")), Optional.empty(), Optional.of("ibot-vits16"));
    assertEquals(
        Optional.of(PrototypeKind.FREE),
        Resolver.resolve(same, Optional.empty(), Optional.empty()).get(Settings.PROTOTYPES));
    Path file = write("prototypes: free\n");
    Request given =
        new Request(Map.of("method", List.of("dino")), Optional.of(file), Optional.empty());
    assertEquals(
        Optional.of(PrototypeKind.FREE),
        Resolver.resolve(given, Optional.empty(), Optional.empty()).get(Settings.PROTOTYPES),
        "a file without a method speaks of any");
  }

  @Test
  void optionsForMaskedPatchesNeedAMethodThatMasks() throws IOException {
    Path file = write("mask-ratio: [0, 0.4]\nteacher-patch-temp: 0.07\n");
    Request request =
        new Request(Map.of("mask-shape", List.of("block")), Optional.of(file), Optional.empty());
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> Resolver.resolve(request, Optional.empty(), Optional.empty()));
    String end =
        " has no effect with --method dino-vmf (default: ours); leave it out, or give --method ibot-vmf";
    assertEquals(
        List.of(
            "--mask-shape block (flag)" + end,
            "--mask-ratio 0 0.4 (file %s:1)".formatted(file) + end),
        e.getMessage().lines().toList(),
        "a file may hold the built-in value, as that of a run does");
  }

  @Test
  void networkWithoutANameNeedsWeights() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> Resolver.resolve(flags("arch", "network"), Optional.empty(), Optional.of(FACTS)));
    assertTrue(
        e.getMessage()
            .startsWith(
                "--arch network (flag) needs the weights of a network: give --init-from, or one of --arch vit_nano|"),
        e.getMessage());
  }

  @Test
  void saysItsChoicesByReason() {
    List<String> lines =
        Resolver.resolve(Request.none(), Optional.empty(), Optional.of(FACTS)).choices();
    assertTrue(
        lines.get(0).startsWith("arch vit_nano, patch-size 7, image-size 28, "), lines.get(0));
    assertTrue(
        lines
            .get(0)
            .endsWith(
                "more: as preset small-28, for images with a median side of 28 pixels on a CPU"),
        lines.get(0));
    assertTrue(
        lines.contains("prototypes vmf, center probability: as method dino-vmf has it"),
        lines::toString);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("größe.yaml"), text);
  }

  private static Request flags(String... pairs) {
    Map<String, List<String>> flags = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      flags.put(pairs[i], List.of(pairs[i + 1]));
    }
    return new Request(flags, Optional.empty(), Optional.empty());
  }

  @Test
  void batchThatCannotFitIsRefusedWithOneThatDoes() {
    Request request =
        new Request(
            Map.of("batch-size", List.of("4096"), "arch", List.of("vit_small")),
            Optional.empty(),
            Optional.empty());
    Facts photographs = new Facts(6000, 224, Device.CPU, 4, 16L << 30);
    Resolved resolved = Resolver.resolve(request, Optional.empty(), Optional.of(photographs));
    ConfigException refused =
        assertThrows(ConfigException.class, () -> resolved.requireMemory(8L << 30));
    Matcher parts =
        Pattern.compile(
                "--batch-size 4096 \\(flag\\) needs more than [0-9.]+ GiB of memory, but there are 8.0 GiB; use --batch-size ([0-9]+) --accumulate ([0-9]+)")
            .matcher(refused.getMessage());
    assertTrue(parts.matches(), refused.getMessage());
    int batch = Integer.parseInt(parts.group(1));
    assertTrue(batch * Integer.parseInt(parts.group(2)) >= 4096, refused.getMessage());
    Request smaller =
        new Request(
            Map.of("batch-size", List.of("" + batch), "arch", List.of("vit_small")),
            Optional.empty(),
            Optional.empty());
    Resolver.resolve(smaller, Optional.empty(), Optional.of(photographs)).requireMemory(8L << 30);
    ConfigException hopeless =
        assertThrows(ConfigException.class, () -> resolved.requireMemory(1L << 20));
    assertTrue(hopeless.getMessage().endsWith("; use a smaller --arch"), hopeless.getMessage());
  }

  @Test
  void batchThatFitsWithActivationCheckpointingIsRefusedWithThatAdvice() {
    Map<String, List<String>> flags =
        Map.of(
            "batch-size", List.of("64"),
            "arch", List.of("vit_small"),
            "image-size", List.of("224"));
    Facts photographs = new Facts(6000, 224, Device.CPU, 4, 64L << 30);
    Resolved kept =
        Resolver.resolve(
            new Request(flags, Optional.empty(), Optional.empty()),
            Optional.empty(),
            Optional.of(photographs));
    ConfigException refused =
        assertThrows(ConfigException.class, () -> kept.requireMemory(8L << 30));
    assertTrue(
        refused.getMessage().endsWith(", or --activation-checkpointing"), refused.getMessage());
    Map<String, List<String>> advised = new HashMap<>(flags);
    advised.put("activation-checkpointing", List.of("true"));
    Resolver.resolve(
            new Request(advised, Optional.empty(), Optional.empty()),
            Optional.empty(),
            Optional.of(photographs))
        .requireMemory(8L << 30);
  }
}
