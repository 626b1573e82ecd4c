package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds images and reads the header of each.
 *
 * <p>A source is a folder, searched with all folders below, or a text file in UTF-8 with the path
 * of one image a line, relative to the text file or absolute. Symbolic links are followed, but not
 * back to a folder above. Hidden files and folders, {@code ._*} and {@code __MACOSX} are ignored.
 *
 * <p>An image's relative path is its path below the folder; in a list, the line itself or, if lines
 * are absolute or climb with {@code ..}, the path below the folder common to all lines. With
 * several sources it begins with the name of the source (the folder's name, or the list's without
 * extension), and where two have the same name, the later one is {@code name~2}. It does not depend
 * on where the folders lie.
 */
public final class ImageIndexer {

  private ImageIndexer() {}

  /**
   * Scans the sources.
   *
   * @param sources folders or lists
   * @param threads that read folders and headers
   * @throws DataException if a source does not exist or there are fewer images than the limits ask
   */
  public static ImageIndex scan(List<Path> sources, ScanLimits limits, int threads)
      throws IOException {
    List<ImageSource> opened = ImageSource.open(sources);
    Findings findings = new Findings();
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      for (ImageSource source : opened) {
        pool.invoke(new ScanTask(source, limits, findings));
      }
    } finally {
      pool.shutdownNow();
    }
    ImageIndex index = findings.index();
    if (index.size() < limits.minImages()) {
      throw new DataException(tooFew(sources, index, limits.minImages()));
    }
    return index;
  }

  private static String tooFew(List<Path> sources, ImageIndex index, int minImages) {
    String where = sources.stream().map(Path::toString).collect(Collectors.joining(", "));
    String formats =
        Stream.of(ImageFormat.values()).map(ImageFormat::name).collect(Collectors.joining(", "));
    String count =
        switch (index.size()) {
          case 0 -> "no usable image";
          case 1 -> "only 1 usable image";
          default -> "only %d usable images".formatted(index.size());
        };
    return String.format(
        Locale.ROOT,
        "%s in %s, at least %d needed; found: %s; supported are %s",
        count,
        where,
        minImages,
        index.census().found(),
        formats);
  }
}
