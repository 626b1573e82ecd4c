package org.dinovmf.tools.demo;

import java.nio.file.Path;
import java.util.List;

/** What to try after the demo. */
public final class NextCommands {

  private NextCommands() {}

  /**
   * Lines for a shell, comments among them.
   *
   * @param folder of the demo
   * @param run folder of its run
   */
  static List<String> lines(Path folder, Path run) {
    return List.of(
        "# your own images, any folder tree, no labels",
        "./dino-vmf train --data MY_IMAGES --out runs/mine",
        "# the SavedModel of a run, and the embeddings of a folder through it",
        "./dino-vmf export savedmodel --run runs/mine --out models/mine",
        "./dino-vmf embed --model models/mine --data MY_IMAGES --out embeddings",
        "# a page about this run: curves, health, prototypes with their images",
        "./dino-vmf report %s".formatted(quoted(run)),
        "# this run again: accuracy of its neighbors, embeddings of its test images",
        "./dino-vmf eval knn --run %s --train %s --val %s"
            .formatted(
                quoted(run),
                quoted(folder.resolve("images/train")),
                quoted(folder.resolve("images/test"))),
        "./dino-vmf embed --model %s --data %s --out %s"
            .formatted(
                quoted(folder.resolve("model")),
                quoted(folder.resolve("images/test")),
                quoted(folder.resolve("embeddings"))));
  }

  /** As a shell reads it. */
  public static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\p{Alnum}/._-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
