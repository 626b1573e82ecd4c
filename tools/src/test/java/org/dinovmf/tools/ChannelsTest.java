package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;

/** Gray images, and such with opacity, from files to embeddings. */
class ChannelsTest {

  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SmallTraining.IMAGES; i++) {
      Path file = images.resolve((i % 2 == 0 ? "a/" : "b/") + i + ".png");
      Files.createDirectories(file.getParent());
      BufferedImage image = new BufferedImage(20, 16, BufferedImage.TYPE_INT_ARGB);
      for (int pixel = 0; pixel < 20 * 16; pixel++) {
        image.setRGB(pixel % 20, pixel / 20, random.nextInt());
      }
      ImageIO.write(image, "png", file.toFile());
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void areTrainedEvaluatedExportedAndEmbedded(int channels) throws IOException {
    Path run = folder.resolve("run");
    CommandRun trained =
        SmallTraining.train(images, run, "--channels=" + channels, "--knn-every=1");
    assertEquals(ExitCodes.DONE, trained.exitCode(), trained.err());
    TrainConfig config = RunRecord.read(run).config();
    assertEquals(channels, config.model().encoder().inChannels());
    assertEquals(channels, config.normalization().mean().size());
    assertTrue(Files.readString(run.resolve("metrics.jsonl")).contains("knn"));
    String yaml = Files.readString(run.resolve("config.yaml"));
    assertTrue(yaml.contains("\nchannels: " + channels + " "), yaml);

    Path model = folder.resolve("model");
    CommandRun exported = CommandRun.of("export", "savedmodel", "--run", run, "--out", model);
    assertEquals(ExitCodes.DONE, exported.exitCode(), exported.err());
    try (SavedModelBundle bundle = SavedModelBundle.load(model.resolve("1").toString(), "serve")) {
      Shape pixels = bundle.function("from_pixels").signature().getInputs().get("pixels").shape;
      assertEquals("[-1, 16, 16, %d]".formatted(channels), pixels.toString());
    }

    // Other channels have other ops.
    assertEquals(List.of(), Inspected.flags(Inspected.of(model)));

    Path out = folder.resolve("embeddings");
    CommandRun embedded = CommandRun.of("embed", "--model", model, "--data", images, "--out", out);
    assertEquals(ExitCodes.DONE, embedded.exitCode(), embedded.err());
    float[][] rows = Npy.read(out.resolve("embeddings.npy"), SmallTraining.IMAGES, 64);
    try (Encoder encoder = Encoder.load(model)) {
      // The first row of the file goes through our decoder, here it is the model's own.
      float[] direct = encoder.embed(List.of(images.resolve("a/0.png")))[0];
      assertArrayEquals(direct, rows[0], 1e-5f);
    }
    CommandRun knn =
        CommandRun.of("eval", "knn", "--run", run, "--train", images, "--val", images, "--k=1");
    assertEquals(ExitCodes.DONE, knn.exitCode(), knn.err());
    assertTrue(knn.out().contains("100.00"), "each image is its own neighbor: " + knn.out());
  }

  @Test
  void otherNumbersAreRefused() {
    CommandRun two = SmallTraining.train(images, folder.resolve("run"), "--channels=2");
    assertEquals(ExitCodes.ARGUMENTS, two.exitCode());
    assertTrue(
        two.err().startsWith("dino-vmf: --channels must be one of 1, 3, 4, but is '2'\n"),
        two.err());
    CommandRun mean =
        SmallTraining.train(images, folder.resolve("run"), "--channels=1", "--mean=0.1 0.2 0.3");
    assertEquals(ExitCodes.ARGUMENTS, mean.exitCode());
    assertTrue(
        mean.err()
            .contains(
                "--mean 0.1 0.2 0.3 (flag) must have a number for each of --channels 1 (flag)"),
        mean.err());
  }

  /** A run in color is another run. */
  @Test
  void cannotBeChangedInARun() {
    Path run = folder.resolve("run");
    assertEquals(ExitCodes.DONE, SmallTraining.train(images, run).exitCode());
    CommandRun refused =
        CommandRun.of(
            "train", "--resume", "--out", run, "--channels=1", "--mean=auto", "--std=auto");
    assertEquals(ExitCodes.CHECKPOINT, refused.exitCode(), refused.err());
    assertTrue(refused.err().contains("model.encoder.inChannels is 1 but was 3"), refused.err());
  }
}
