package org.dinovmf.tools;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A training that takes a second or two. */
final class SmallTraining {

  static final int IMAGES = 24;

  /** A network as small as the options allow; an epoch has 3 steps. */
  static final List<String> OPTIONS =
      List.of(
          "--arch=vit_nano",
          "--image-size=16",
          "--patch-size=8",
          "--local-size=8",
          "--local-crops=1",
          "--num-prototypes=16",
          "--head-hidden-dim=16",
          "--bottleneck-dim=8",
          "--batch-size=8",
          "--accumulate=1",
          "--epochs=2",
          "--warmup-epochs=1",
          "--warmup-teacher-temp-epochs=1",
          "--log-every=1",
          "--threads=1");

  private SmallTraining() {}

  /** Two folders of red and of blue images, some JPEG and some PNG. */
  static void writeImages(Path folder) throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      boolean isRed = i % 2 == 0;
      TestImages.write(
          folder.resolve((isRed ? "rød/" : "blue/") + i + (i % 3 == 0 ? ".jpg" : ".png")),
          isRed ? Color.RED : Color.BLUE,
          20 + i,
          30,
          i);
    }
  }

  /** Runs the command; later options win over the small ones. */
  static CommandRun train(Path images, Path run, String... options) {
    List<Object> arguments =
        new ArrayList<>(List.of("train", "--data", images, "--out", run, "--device=cpu"));
    arguments.addAll(with(options));
    return CommandRun.of(arguments.toArray());
  }

  /** Copies the folder of a run. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  /** The small options with others in their place. */
  static List<String> with(String... options) {
    List<String> all = new ArrayList<>(OPTIONS);
    for (String option : options) {
      String name = option.contains("=") ? option.substring(0, option.indexOf('=') + 1) : option;
      all.removeIf(given -> given.startsWith(name));
      all.add(option);
    }
    return all;
  }
}
