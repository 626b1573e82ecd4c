package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.eval.LabeledFeatures;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AugmentedFeaturesTest {

  private static final Map<String, Integer> NUMBERS = Map.of("blau", 0, "rot", 1);

  @TempDir private static Path shared;

  private static Path run;

  @TempDir private Path images;

  @BeforeAll
  static void makeRun() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
  }

  @Test
  void everyEpochHasItsOwnCrops() throws IOException {
    write("blau/a.png", Color.BLUE);
    write("rot/a.png", Color.RED);
    try (Encoder encoder = encoder()) {
      AugmentedFeatures features = features(encoder, new StringWriter());
      LabeledFeatures first = features.apply(0);
      LabeledFeatures second = features.apply(1);
      LabeledFeatures again = features.apply(0);
      assertEquals(List.of(0, 1), second.labels());
      for (int i = 0; i < 2; i++) {
        assertFalse(Arrays.equals(first.features().get(i), second.features().get(i)));
        assertArrayEquals(first.features().get(i), again.features().get(i), 1e-6f);
      }
    }
  }

  /** The images of the first epoch are those of all; a file may come back, but not go. */
  @Test
  void everyEpochHasTheImagesOfTheFirst() throws IOException {
    write("blau/a.png", Color.BLUE);
    Path red = write("rot/a.png", Color.RED);
    Path other = write("rot/b.png", Color.RED);
    byte[] whole = Files.readAllBytes(red);
    byte[] broken = whole.clone();
    Arrays.fill(broken, 60, broken.length, (byte) 0);
    Files.write(red, broken);
    try (Encoder encoder = encoder()) {
      StringWriter err = new StringWriter();
      AugmentedFeatures features = features(encoder, err);
      assertEquals(List.of(0, 1), features.apply(0).labels());
      assertTrue(err.toString().contains("left out: rot/a.png: "), err.toString());
      Files.write(red, whole);
      assertEquals(2, features.apply(1).features().size());
      Files.write(other, broken);
      DataException fault = assertThrows(DataException.class, () -> features.apply(2));
      assertTrue(
          fault
              .getMessage()
              .startsWith(
                  "images of --train must stay as they are, but 'rot/b.png' could be read in the first epoch and cannot in epoch 3: "),
          fault.getMessage());
    }
  }

  private Path write(String name, Color color) throws IOException {
    return TestImages.write(images.resolve(name), color, 20, 16, 1);
  }

  private AugmentedFeatures features(Encoder encoder, StringWriter err) throws IOException {
    EmbedConfig config = EmbedConfig.of(2, 1, DecodeRules.standard());
    LabeledImages labeled =
        LabeledImages.scan(List.of(images), Optional.empty(), config.limits(), 1);
    return new AugmentedFeatures(
        new FeatureStore(encoder, "one", Optional.empty(), config),
        labeled,
        NUMBERS,
        FeatureKind.parse("cls"),
        3,
        new PrintWriter(err, true));
  }

  private static Encoder encoder() throws IOException {
    return Encoder.fromCheckpoint(
        TrainedEncoder.of(run, Optional.empty(), warning -> {}).source(), 1);
  }
}
