package org.dinovmf.tools;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A run of a tiny encoder beside labeled images for it.
 *
 * @param images three of each of the classes blau, grün and rot, named as {@code rot/rot0.jpg}
 */
record ColoredRun(Path run, Path images) {

  private static final Map<String, Color> CLASSES =
      Map.of("rot", Color.RED, "grün", Color.GREEN, "blau", Color.BLUE);

  /** Writes both into a folder. */
  static ColoredRun make(Path folder) throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 1);
    Path images = folder.resolve("images");
    for (Map.Entry<String, Color> entry : CLASSES.entrySet()) {
      String name = entry.getKey();
      for (int i = 0; i < 3; i++) {
        Path file = images.resolve(name).resolve(name + i + ".jpg");
        TestImages.write(file, entry.getValue(), 24 + 8 * i, 32, i);
      }
    }
    return new ColoredRun(run, images);
  }
}
