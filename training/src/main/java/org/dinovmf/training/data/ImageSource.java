package org.dinovmf.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One source of images: a folder to walk through, or the files that a list names.
 *
 * @param root the folder that names count from
 * @param prefix of every name, empty or ending in '/'
 * @param listed the files of a list, as names below {@code root}; empty for a folder
 * @param isList whether this is a list
 */
record ImageSource(Path root, String prefix, List<String> listed, boolean isList) {

  /** Opens the sources and chooses the names' prefixes as {@link ImageIndexer} says. */
  static List<ImageSource> open(List<Path> sources) throws IOException {
    if (sources.isEmpty()) {
      throw new DataException("no folder of images is given");
    }
    List<ImageSource> opened = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Path source : sources) {
      String prefix = sources.size() == 1 ? "" : prefix(source, taken);
      if (Files.isDirectory(source)) {
        opened.add(new ImageSource(source, prefix, List.of(), false));
      } else if (Files.isRegularFile(source)) {
        opened.add(list(source, prefix));
      } else if (Files.exists(source)) {
        throw new DataException("'%s' is neither a folder nor a file".formatted(source));
      } else {
        throw new DataException("'%s' does not exist".formatted(source));
      }
    }
    return opened;
  }

  private static String prefix(Path source, Set<String> taken) {
    String name = PathNames.fileName(source.toAbsolutePath().normalize());
    if (Files.isRegularFile(source) && !PathNames.extension(name).isEmpty()) {
      name = name.substring(0, name.length() - PathNames.extension(name).length() - 1);
    }
    String unique = name;
    for (int number = 2; !taken.add(unique); number++) {
      unique = name + "~" + number;
    }
    return unique + "/";
  }

  private static ImageSource list(Path file, String prefix) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(ImageFormat.SIGNATURE_BYTES);
      if (ImageFormat.detect(head).isPresent()) {
        throw new DataException(
            "'%s' is an image; give the folder it lies in, or a text file with one path a line"
                .formatted(file));
      }
    }
    List<String> names = TextFile.names(file);
    Path folder = file.toAbsolutePath().normalize().getParent();
    List<String> relative = names.stream().map(ImageSource::normalize).toList();
    if (relative.stream().noneMatch(name -> name.startsWith("/") || name.startsWith("../"))) {
      return new ImageSource(folder, prefix, distinct(file, relative), true);
    }
    // Names must not depend on where the tree lies, so they count from the folder common to all.
    String base = normalize(folderName(folder));
    List<String> absolute =
        relative.stream()
            .map(name -> name.startsWith("/") ? name : normalize(base + "/" + name))
            .toList();
    String common = commonFolder(absolute);
    List<String> below = absolute.stream().map(name -> name.substring(common.length())).toList();
    return new ImageSource(PathNames.resolve(folder, common), prefix, distinct(file, below), true);
  }

  private static List<String> distinct(Path file, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new DataException("%s names '%s' twice".formatted(file, name));
      }
    }
    return names;
  }

  private static String folderName(Path folder) {
    StringBuilder name = new StringBuilder();
    for (Path parent = folder; parent.getFileName() != null; parent = parent.getParent()) {
      name.insert(0, "/" + PathNames.fileName(parent));
    }
    return name.toString();
  }

  /** The longest prefix that ends in '/' and begins all names. */
  private static String commonFolder(List<String> names) {
    String common = names.get(0).substring(0, names.get(0).lastIndexOf('/') + 1);
    for (String name : names) {
      while (!name.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }
    return common;
  }

  /** Removes '.' and, where a folder stands before it, '..'. */
  private static String normalize(String name) {
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/", -1)) {
      boolean canClimb = !parts.isEmpty() && !parts.get(parts.size() - 1).equals("..");
      if (part.equals("..") && canClimb) {
        parts.remove(parts.size() - 1);
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return (name.startsWith("/") ? "/" : "") + String.join("/", parts);
  }
}
