package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.dinovmf.graph.VitConfig.Variant;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.Facts.Device;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.ScanLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AutoDefaultsTest {

  private static final long GIB = 1L << 30;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "1, CPU, small-28",
    "28, GPU, small-28",
    "29, CPU, small-32",
    "40, CPU, small-32",
    "41, CPU, small-64",
    "100, GPU, small-64",
    "101, CPU, cpu-96",
    "101, GPU, dino-vits16-vanilla"
  })
  void theSizeOfTheImagesAndTheDeviceChooseThePreset(int side, Device device, String name) {
    assertEquals(name, AutoDefaults.baseName(side, device));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 9, 40, 100, 777, 6000, 100_000, 1_281_167, 20_000_000})
  void everySetCanBeTrainedOn(int images) {
    for (Device device : Device.values()) {
      for (int side : new int[] {1, 16, 28, 32, 64, 96, 500}) {
        for (long memory : new long[] {GIB / 4, 16 * GIB, 139 * GIB}) {
          TrainConfig config = config(new Facts(images, side, device, 2, memory));
          int total = config.batch().total();
          assertTrue(total <= images, () -> total + " images of a step");
          assertEquals(total, Integer.highestOneBit(total));
          int steps = images / total;
          assertTrue(steps >= 8 || total <= 8, () -> "steps of an epoch: " + steps);
          long run = (long) steps * config.schedule().epochs();
          assertTrue(run >= 1000, () -> "steps of the run: " + run);
          assertTrue(config.schedule().epochs() <= 1000);
          assertTrue(config.schedule().warmupEpochs() <= config.schedule().epochs() / 10 + 1);
          assertTrue(config.schedule().freezeLastLayerEpochs() < config.schedule().epochs());
          assertTrue(config.model().head().numPrototypes() <= Math.max(64, images));
        }
      }
    }
  }

  @Test
  void twoImagesAreABatchOfTwo() {
    Resolved resolved = resolve(new Facts(2, 500, Device.CPU, 2, 16 * GIB));
    assertEquals(2, resolved.get(Settings.BATCH_SIZE));
    assertEquals(1, resolved.get(Settings.ACCUMULATE));
    assertEquals(1000, resolved.get(Settings.EPOCHS));
    assertEquals(500, resolved.get(Settings.CHECKPOINT_EVERY));
    assertEquals(64, resolved.get(Settings.NUM_PROTOTYPES));
    assertEquals(
        "auto: no more than the 2 images, but at least 64",
        resolved.origin(Settings.NUM_PROTOTYPES).toString());
  }

  @Test
  void fortyImagesGiveFiveStepsAnEpoch() {
    Resolved resolved = resolve(new Facts(40, 500, Device.CPU, 2, 16 * GIB));
    assertEquals(Optional.of(Variant.VIT_TINY), resolved.get(Settings.ARCH));
    assertEquals(8, resolved.get(Settings.BATCH_SIZE));
    assertEquals(
        "auto: steps of an epoch over 40 images: 5",
        resolved.origin(Settings.BATCH_SIZE).toString());
    assertEquals(
        "auto: steps of the run: 5000; of an epoch: 5",
        resolved.origin(Settings.EPOCHS).toString());
    assertEquals(100, resolved.get(Settings.CHECKPOINT_EVERY));
    assertEquals(50, resolved.get(Settings.KNN_EVERY));
  }

  @Test
  void imageNetOnAGpuIsTheVanillaRun() {
    Resolved resolved = resolve(new Facts(1_281_167, 400, Device.GPU, 16, 139 * GIB));
    assertEquals(Optional.of(Variant.VIT_SMALL), resolved.get(Settings.ARCH));
    assertEquals(512, resolved.get(Settings.BATCH_SIZE) * resolved.get(Settings.ACCUMULATE));
    assertEquals(100, resolved.get(Settings.EPOCHS));
    assertEquals(10, resolved.get(Settings.WARMUP_EPOCHS));
    assertEquals(1, resolved.get(Settings.FREEZE_LAST_LAYER));
    assertEquals(65536, resolved.get(Settings.NUM_PROTOTYPES));
    assertEquals(MethodChoice.DINO_VMF, resolved.get(Settings.METHOD_NAME));
    assertTrue(resolved.needsStatistics());
  }

  @Test
  void lessMemoryGivesSmallerBatchesOfTheSameStep() {
    int before = Integer.MAX_VALUE;
    for (int gib : new int[] {139, 24, 8, 2}) {
      Resolved resolved = resolve(new Facts(1_281_167, 400, Device.GPU, 16, gib * GIB));
      int batch = resolved.get(Settings.BATCH_SIZE);
      assertTrue(batch < before, batch + " images in " + gib + " GiB");
      assertEquals(512, batch * resolved.get(Settings.ACCUMULATE));
      assertEquals(
          "auto: fits into %d.0 GiB of memory".formatted(gib),
          resolved.origin(Settings.BATCH_SIZE).toString());
      before = batch;
    }
  }

  @Test
  void sizesFollowThoseThatAreGiven() {
    Facts facts = new Facts(6000, 500, Device.CPU, 2, 16 * GIB);
    Resolved bySize = resolve(facts, "image-size", "30");
    assertEquals(Optional.of(Variant.VIT_MICRO), bySize.get(Settings.ARCH));
    assertEquals(3, bySize.get(Settings.PATCH_SIZE));
    assertEquals(15, bySize.get(Settings.LOCAL_SIZE));
    Resolved byPatch = resolve(facts, "patch-size", "14");
    assertEquals(98, byPatch.get(Settings.IMAGE_SIZE));
    assertEquals(56, byPatch.get(Settings.LOCAL_SIZE));
    Resolved unchanged = resolve(facts, "patch-size", "8");
    assertEquals(96, unchanged.get(Settings.IMAGE_SIZE));
    assertEquals(48, unchanged.get(Settings.LOCAL_SIZE));
  }

  @Test
  void batchesAndEpochsFollowThoseThatAreGiven() {
    Facts facts = new Facts(6000, 28, Device.CPU, 2, 16 * GIB);
    Resolved byBatch = resolve(facts, "batch-size", "8");
    assertEquals(4, byBatch.get(Settings.ACCUMULATE));
    Resolved byAccumulate = resolve(facts, "accumulate", "4");
    assertEquals(8, byAccumulate.get(Settings.BATCH_SIZE));
    Resolved byEpochs = resolve(facts, "epochs", "3");
    assertEquals(0, byEpochs.get(Settings.WARMUP_EPOCHS));
    assertEquals(0, byEpochs.get(Settings.FREEZE_LAST_LAYER));
    assertEquals(3, byEpochs.get(Settings.CHECKPOINT_EVERY));
  }

  @Test
  void aNamedPresetIsNotMixedWithAnother() {
    Facts facts = new Facts(6000, 28, Device.CPU, 2, 16 * GIB);
    Request request =
        new Request(
            Map.of("image-size", List.of("32")), Optional.empty(), Optional.of("dino-vits16"));
    Resolved resolved = Resolver.resolve(request, Optional.empty(), Optional.of(facts));
    assertEquals(16, resolved.get(Settings.PATCH_SIZE));
    // small-32, which would be chosen for this size, has no blur.
    assertEquals(List.of(1.0, 0.1, 0.5), resolved.get(Settings.BLUR));
    assertEquals("default: DINO's main_dino.py", resolved.origin(Settings.BLUR).toString());
    // What the preset leaves open is chosen for the preset's own 800 epochs.
    assertEquals(40, resolved.get(Settings.KNN_EVERY));
  }

  @Test
  void theShorterSideCounts() throws IOException {
    BufferedImage wide = new BufferedImage(300, 30, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(wide, "png", folder.resolve("a.png").toFile());
    ImageIO.write(wide, "png", folder.resolve("b.png").toFile());
    ImageIndex index = ImageIndexer.scan(List.of(folder), ScanLimits.standard(), 1);
    assertEquals(new Facts(2, 30, Device.GPU, 3, GIB), Facts.of(index, Device.GPU, 3, GIB));
  }

  private static TrainConfig config(Facts facts) {
    return resolve(facts).withStatistics(Normalization.imageNet(), 1).trainConfig();
  }

  private static Resolved resolve(Facts facts, String... pairs) {
    Map<String, List<String>> flags = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      flags.put(pairs[i], List.of(pairs[i + 1]));
    }
    return Resolver.resolve(
        new Request(flags, Optional.empty(), Optional.empty()),
        Optional.empty(),
        Optional.of(facts));
  }
}
