package org.dinovmf.training.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Collects what the threads of a scan find. Thread safe; the result does not depend on order. */
final class Findings {

  private final List<ImageFile> images = new ArrayList<>();
  private final List<DamagedFile> damaged = new ArrayList<>();
  private final Map<UnsupportedFormat, Integer> unsupported =
      new EnumMap<>(UnsupportedFormat.class);
  private final Map<String, Integer> others = new TreeMap<>();
  private int ignored;
  private int loops;

  synchronized void image(ImageFile image) {
    images.add(image);
  }

  synchronized void damaged(Path path, String relativePath, String reason) {
    damaged.add(new DamagedFile(path, relativePath, reason));
  }

  synchronized void unsupported(UnsupportedFormat format) {
    unsupported.merge(format, 1, Integer::sum);
  }

  synchronized void other(String extension) {
    String key = extension.isEmpty() ? "(none)" : extension.toLowerCase(Locale.ROOT);
    others.merge(key, 1, Integer::sum);
  }

  synchronized void ignored() {
    ignored++;
  }

  synchronized void loop() {
    loops++;
  }

  synchronized ImageIndex index() {
    TreeMap<ImageFormat, Integer> formats = new TreeMap<>();
    long bytes = 0;
    int rotated = 0;
    int misnamed = 0;
    int[] widths = new int[images.size()];
    int[] heights = new int[images.size()];
    for (int i = 0; i < images.size(); i++) {
      ImageFile image = images.get(i);
      formats.merge(image.format(), 1, Integer::sum);
      bytes += image.length();
      rotated += image.isRotated() ? 1 : 0;
      misnamed += isMisnamed(image) ? 1 : 0;
      widths[i] = image.width();
      heights[i] = image.height();
    }
    damaged.sort(Comparator.comparing(DamagedFile::relativePath));
    Census census =
        new Census(
            formats,
            new TreeMap<>(unsupported),
            new TreeMap<>(others),
            List.copyOf(damaged),
            ignored,
            loops,
            rotated,
            misnamed,
            bytes,
            Census.Sizes.of(widths, heights));
    return new ImageIndex(images, census);
  }

  private static boolean isMisnamed(ImageFile image) {
    String name = image.relativePath().substring(image.relativePath().lastIndexOf('/') + 1);
    return ImageFormat.ofExtension(PathNames.extension(name))
        .filter(named -> named != image.format())
        .isPresent();
  }
}
