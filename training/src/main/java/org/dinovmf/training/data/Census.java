package org.dinovmf.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * What a scan found.
 *
 * @param formats images by format
 * @param unsupported image files of formats that are not read, by format
 * @param others files that are no images by extension, lower case, without a dot; "(none)" without
 *     one
 * @param damaged files with an image's name or content that cannot be used
 * @param ignored hidden files and folders, those that macOS adds ({@code ._*}, {@code __MACOSX})
 * @param loops symbolic links that lead back to a folder above, not followed
 * @param rotated images whose EXIF orientation is not upright
 * @param misnamed images whose extension belongs to another format
 * @param bytes size of all images together
 * @param sizes width and height over the images; zeros without images
 */
public record Census(
    SortedMap<ImageFormat, Integer> formats,
    SortedMap<UnsupportedFormat, Integer> unsupported,
    SortedMap<String, Integer> others,
    List<DamagedFile> damaged,
    int ignored,
    int loops,
    int rotated,
    int misnamed,
    long bytes,
    Sizes sizes) {

  private static final int DAMAGED_SHOWN = 5;
  private static final int OTHERS_SHOWN = 8;

  /** Least, median and greatest width and height in pixels, of the stored pictures. */
  public record Sizes(
      int minWidth, int medianWidth, int maxWidth, int minHeight, int medianHeight, int maxHeight) {

    /** Of pictures with these sides, in any order. */
    static Sizes of(int[] widths, int[] heights) {
      if (widths.length == 0) {
        return new Sizes(0, 0, 0, 0, 0, 0);
      }
      int[] w = widths.clone();
      int[] h = heights.clone();
      Arrays.sort(w);
      Arrays.sort(h);
      int last = w.length - 1;
      int middle = w.length / 2;
      return new Sizes(w[0], w[middle], w[last], h[0], h[middle], h[last]);
    }
  }

  /** The number of images that can be used. */
  public int images() {
    return formats.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The census for people, one fact a line. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s (%s), %s: width %d to %d, median %d; height %d to %d, median %d"
            .formatted(
                count(images(), "image"),
                byCount(formats, Integer.MAX_VALUE),
                size(bytes),
                sizes.minWidth,
                sizes.maxWidth,
                sizes.medianWidth,
                sizes.minHeight,
                sizes.maxHeight,
                sizes.medianHeight));
    unsupported.forEach(
        (format, files) ->
            lines.add(
                "%s %s not supported, left out: %s"
                    .formatted(count(files), format.title(), format.advice())));
    if (!damaged.isEmpty()) {
      lines.add("%s left out:".formatted(count(damaged.size(), "damaged image")));
      for (DamagedFile file : damaged.subList(0, Math.min(DAMAGED_SHOWN, damaged.size()))) {
        lines.add("  %s: %s".formatted(file.relativePath(), file.reason()));
      }
      if (damaged.size() > DAMAGED_SHOWN) {
        lines.add("  and %s more".formatted(count(damaged.size() - DAMAGED_SHOWN)));
      }
    }
    if (rotated > 0) {
      lines.add("%s with a rotation tag, turned upright".formatted(count(rotated, "image")));
    }
    if (misnamed > 0) {
      lines.add("%s with the extension of another format".formatted(count(misnamed, "image")));
    }
    if (!others.isEmpty()) {
      int files = others.values().stream().mapToInt(Integer::intValue).sum();
      lines.add(
          "%s left out (%s)".formatted(count(files, "other file"), byCount(others, OTHERS_SHOWN)));
    }
    if (ignored > 0) {
      lines.add("%s ignored".formatted(count(ignored, "hidden name")));
    }
    if (loops > 0) {
      lines.add("%s back to a folder above not followed".formatted(count(loops, "link")));
    }
    return List.copyOf(lines);
  }

  /** In one phrase what there was, for the message that there are too few images. */
  String found() {
    List<String> parts = new ArrayList<>();
    if (images() > 0) {
      parts.add(byCount(formats, Integer.MAX_VALUE));
    }
    unsupported.forEach((format, files) -> parts.add(files + " " + format.title()));
    if (!damaged.isEmpty()) {
      DamagedFile first = damaged.get(0);
      parts.add(
          "%d damaged (such as %s: %s)"
              .formatted(damaged.size(), first.relativePath(), first.reason()));
    }
    if (!others.isEmpty()) {
      parts.add("other files by extension: " + byCount(others, OTHERS_SHOWN));
    }
    if (ignored > 0) {
      parts.add(ignored + " hidden");
    }
    return parts.isEmpty() ? "no file at all" : String.join(", ", parts);
  }

  private static String byCount(SortedMap<?, Integer> counts, int shown) {
    List<String> parts = new ArrayList<>();
    counts.entrySet().stream()
        .sorted((a, b) -> Integer.compare(b.getValue(), a.getValue()))
        .limit(shown)
        .forEach(entry -> parts.add(count(entry.getValue()) + " " + entry.getKey()));
    if (counts.size() > shown) {
      parts.add("%d kinds more".formatted(counts.size() - shown));
    }
    return String.join(", ", parts);
  }

  private static String count(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String count(int number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  private static String size(long bytes) {
    if (bytes < 1L << 20) {
      return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
    }
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1L << 20))
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
