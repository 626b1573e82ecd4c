package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.ExportConfig;
import org.dinovmf.training.checkpoint.Checkpoint;

/** Six image files, and models that embed them. */
final class SmallEmbedding {

  private SmallEmbedding() {}

  /** Four images of as many formats, and two damaged ones. */
  static void writeImages(Path data) throws IOException {
    TestImages.write(data.resolve("a, \"zitat\".png"), Color.RED, 20, 30, 1);
    TestImages.write(data.resolve("b/größe.jpg"), Color.GREEN, 33, 17, 2);
    TestImages.write(data.resolve("b/plain.bmp"), Color.BLUE, 16, 16, 3);
    TestImages.write(data.resolve("c.tiff"), Color.YELLOW, 21, 22, 4);
    Files.write(data.resolve("b/broken.png"), new byte[] {1, 2, 3});
    byte[] whole =
        Files.readAllBytes(TestImages.write(data.resolve("x.png"), Color.RED, 40, 40, 5));
    Files.write(data.resolve("x.png"), Arrays.copyOf(whole, whole.length / 2));
  }

  /** Exports an encoder with random weights, which depend on the number. */
  static Path exportModel(Path folder, int number) throws IOException {
    Path run = folder.resolve("run-" + number);
    TinyRun.begin(run);
    Checkpoint checkpoint = TinyRun.save(run, number);
    TrainedEncoder trained =
        TrainedEncoder.of(run, Optional.of(checkpoint.directory()), warning -> {});
    Path model = folder.resolve("model-" + number);
    EncoderExporter.export(trained.source(), ExportConfig.standard(), model);
    return model;
  }

  static CommandRun embed(Path model, Path data, Path out, String... more) {
    Object[] arguments =
        Stream.concat(
                Stream.of("embed", "--model", model, "--data", data, "--out", out), Stream.of(more))
            .toArray();
    return CommandRun.of(arguments);
  }

  /** The lines of what says which row is which image. */
  static List<String> csv(Path out) throws IOException {
    String text = Files.readString(out.resolve("images.csv"), StandardCharsets.UTF_8);
    assertTrue(text.endsWith("\r\n"));
    return List.of(text.split("\r\n"));
  }

  static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new TreeSet<>(entries.map(entry -> entry.getFileName().toString()).toList());
    }
  }
}
