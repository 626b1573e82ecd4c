package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A class for the images of an {@link ImageIndex}, for evaluation only. Immutable. */
public final class Labels {

  /** The label of an image that has none. */
  public static final int UNLABELED = -1;

  private final List<String> names;
  private final int[] labels;

  private Labels(List<String> names, int[] labels) {
    this.names = List.copyOf(names);
    this.labels = labels;
  }

  /** The classes in the order of their names; the position is the label. */
  public List<String> names() {
    return names;
  }

  /**
   * The label of an image, or {@link #UNLABELED}.
   *
   * @param image its position in {@link ImageIndex#images()}
   */
  public int label(int image) {
    return labels[image];
  }

  /** How many images have no label. */
  public int unlabeledCount() {
    int count = 0;
    for (int label : labels) {
      if (label == UNLABELED) {
        count++;
      }
    }
    return count;
  }

  static Optional<Labels> fromFolders(ImageIndex index) {
    String[] folders = new String[index.size()];
    for (int i = 0; i < folders.length; i++) {
      String path = index.images().get(i).relativePath();
      int slash = path.indexOf('/');
      folders[i] = slash < 0 ? "" : path.substring(0, slash);
    }
    Labels labels = of(folders);
    return labels.names.size() < 2 ? Optional.empty() : Optional.of(labels);
  }

  /**
   * Reads labels from lines {@code path,label} in UTF-8; fields may be quoted as in RFC 4180, and a
   * first line that reads exactly {@code path,label} is skipped. Images that the file does not name
   * stay unlabeled.
   *
   * @param csv its paths are the images' {@link ImageFile#relativePath}
   * @throws DataException if a line is malformed, names an image that the index lacks, or gives an
   *     image a second label
   */
  public static Labels fromCsv(Path csv, ImageIndex index) throws IOException {
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < index.size(); i++) {
      positions.put(index.images().get(i).relativePath(), i);
    }
    // A damaged image is known to the user, so its label is no mistake.
    Set<String> damaged = new LinkedHashSet<>();
    index.census().damaged().forEach(file -> damaged.add(file.relativePath()));

    String[] labels = new String[index.size()];
    Arrays.fill(labels, "");
    List<String> unknown = new ArrayList<>();
    List<CsvLine> lines = CsvLine.readAll(csv);
    for (CsvLine line : lines) {
      line.requireFields(csv, 2, "path,label");
      String path = line.fields().get(0);
      String label = line.fields().get(1);
      if (line.number() == 1 && path.equals("path") && label.equals("label")) {
        continue;
      }
      Integer position = positions.get(path);
      if (position == null) {
        if (!damaged.contains(path)) {
          unknown.add(path);
        }
        continue;
      }
      if (label.isEmpty()) {
        throw new DataException("%s line %d: the label is empty".formatted(csv, line.number()));
      }
      if (!labels[position].isEmpty() && !labels[position].equals(label)) {
        throw new DataException(
            "%s line %d: '%s' is labeled '%s' here and '%s' before"
                .formatted(csv, line.number(), path, label, labels[position]));
      }
      labels[position] = label;
    }
    if (!unknown.isEmpty()) {
      throw new DataException(unknownPaths(csv, unknown, lines.size(), index));
    }
    return of(labels);
  }

  private static String unknownPaths(Path csv, List<String> unknown, int lines, ImageIndex index) {
    return "%s names %d images in %d lines that are not in the data set, such as '%s'; a path there looks like '%s'"
        .formatted(
            csv, unknown.size(), lines, unknown.get(0), index.images().get(0).relativePath());
  }

  /** Numbers the distinct labels in the order of their names; an empty one is no label. */
  private static Labels of(String[] labels) {
    TreeSet<String> distinct = new TreeSet<>(List.of(labels));
    distinct.remove("");
    List<String> names = List.copyOf(distinct);
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      numbers.put(names.get(i), i);
    }
    int[] result = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      result[i] = labels[i].isEmpty() ? UNLABELED : numbers.get(labels[i]);
    }
    return new Labels(names, result);
  }
}
