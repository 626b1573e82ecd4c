package org.dinovmf.tools.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The unpacked image files that ship with the project: a balanced part of Fashion-MNIST, 28 by 28
 * pixels, gray, in one folder per class.
 *
 * @param root the folder that holds both parts and the licence of the images
 */
public record ShippedImages(Path root) {

  private static final String LICENSE = "LICENSE";

  /** 600 images of each of the ten classes. */
  public Path train() {
    return root.resolve("train");
  }

  /** 100 other images of each class, from the data set's own test part. */
  public Path test() {
    return root.resolve("test");
  }

  /**
   * Unpacks the images into the folder {@code into}, unless it holds them already.
   *
   * <p>The files are written to a folder beside it, which then takes its name: a run that is killed
   * half-way, or two at once, leave either all of them or none.
   *
   * @throws IOException if the folder cannot be written, or is there but lacks images
   */
  public static ShippedImages unpack(Path into) throws IOException {
    try (InputStream archive = resource(FashionMnistSubset.ARCHIVE);
        InputStream license = resource(LICENSE)) {
      return unpack(archive, license, into);
    }
  }

  static ShippedImages unpack(InputStream archive, InputStream license, Path into)
      throws IOException {
    Path root = into.toAbsolutePath().normalize();
    if (Files.isDirectory(root) && !isEmpty(root)) {
      requireComplete(archive, root);
      return new ShippedImages(into);
    }
    Path parent = Files.createDirectories(root.getParent());
    Path aside = Files.createTempDirectory(parent, "." + root.getFileName() + "-");
    try {
      extract(archive, aside);
      Files.copy(license, aside.resolve(LICENSE));
      moveInto(aside, root);
    } finally {
      deleteTree(aside);
    }
    return new ShippedImages(into);
  }

  private static void extract(InputStream archive, Path folder) throws IOException {
    ZipInputStream zip = new ZipInputStream(archive);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      Path file = folder.resolve(entry.getName()).normalize();
      if (!file.startsWith(folder)) {
        throw new IOException("archive entry '%s' points outside".formatted(entry.getName()));
      }
      Files.createDirectories(file.getParent());
      Files.copy(zip, file);
    }
  }

  private static void moveInto(Path aside, Path root) throws IOException {
    try {
      Files.move(aside, root, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Another process may have finished first; its images are the same.
      if (!Files.isDirectory(root) || isEmpty(root)) {
        throw e;
      }
    }
  }

  private static void requireComplete(InputStream archive, Path root) throws IOException {
    ZipInputStream zip = new ZipInputStream(archive);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      Path file = root.resolve(entry.getName());
      if (!Files.isRegularFile(file) || Files.size(file) != entry.getSize()) {
        throw new IOException(
            "'%s' must hold the shipped images, but %s is missing or changed; delete or move the folder"
                .formatted(root, entry.getName()));
      }
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.findAny().isEmpty();
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static InputStream resource(String name) {
    InputStream stream = ShippedImages.class.getResourceAsStream("fashion-mnist/" + name);
    if (stream == null) {
      throw new IllegalStateException(
          "the build lacks the shipped file '%s'; build again".formatted(name));
    }
    return stream;
  }
}
