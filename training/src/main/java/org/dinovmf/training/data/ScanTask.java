package org.dinovmf.training.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveAction;

/** Scans one folder or one stretch of its files, and forks for the folders below. */
@SuppressWarnings("serial") // never written: the base class is serializable for its own reasons
final class ScanTask extends RecursiveAction {

  /** Files of one task: enough that handing tasks out costs nothing beside opening files. */
  private static final int FILES_PER_TASK = 128;

  private record Entry(Path path, String name) {}

  /** The folders from the root down to the one being read, by which links in a circle show. */
  private record Chain(Object key, Optional<Chain> above) {
    boolean holds(Object other) {
      for (Optional<Chain> link = Optional.of(this); link.isPresent(); link = link.get().above) {
        if (link.get().key.equals(other)) {
          return true;
        }
      }
      return false;
    }
  }

  private final ImageSource source;
  private final ScanLimits limits;
  private final Findings findings;

  /** The folder to read, or nothing if {@link #entries} are files to open. */
  private final Optional<Entry> folder;

  private final List<Entry> entries;
  private final Optional<Chain> above;

  /** Scans a whole source. */
  ScanTask(ImageSource source, ScanLimits limits, Findings findings) {
    this(
        source,
        limits,
        findings,
        source.isList() ? Optional.empty() : Optional.of(new Entry(source.root(), "")),
        source.listed().stream()
            .map(name -> new Entry(PathNames.resolve(source.root(), name), name))
            .toList(),
        Optional.empty());
  }

  private ScanTask(
      ImageSource source,
      ScanLimits limits,
      Findings findings,
      Optional<Entry> folder,
      List<Entry> entries,
      Optional<Chain> above) {
    this.source = source;
    this.limits = limits;
    this.findings = findings;
    this.folder = folder;
    this.entries = entries;
    this.above = above;
  }

  @Override
  protected void compute() {
    if (folder.isPresent()) {
      readFolder(folder.get());
    } else if (entries.size() > FILES_PER_TASK) {
      ForkJoinTask.invokeAll(stretches(entries));
    } else {
      entries.forEach(this::readFile);
    }
  }

  private List<ScanTask> stretches(List<Entry> files) {
    List<ScanTask> tasks = new ArrayList<>();
    for (int i = 0; i < files.size(); i += FILES_PER_TASK) {
      List<Entry> stretch = files.subList(i, Math.min(i + FILES_PER_TASK, files.size()));
      tasks.add(new ScanTask(source, limits, findings, Optional.empty(), stretch, above));
    }
    return tasks;
  }

  private void readFolder(Entry entry) {
    List<ScanTask> tasks = new ArrayList<>();
    List<Entry> files = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(entry.path)) {
      Object key = key(entry.path, Files.readAttributes(entry.path, BasicFileAttributes.class));
      if (above.isPresent() && above.get().holds(key)) {
        findings.loop();
        return;
      }
      Optional<Chain> chain = Optional.of(new Chain(key, above));
      for (Path child : children) {
        String fileName = PathNames.fileName(child);
        String name = entry.name.isEmpty() ? fileName : entry.name + "/" + fileName;
        if (fileName.startsWith(".") || fileName.equals("__MACOSX")) {
          findings.ignored();
        } else if (Files.isDirectory(child)) {
          Optional<Entry> below = Optional.of(new Entry(child, name));
          tasks.add(new ScanTask(source, limits, findings, below, List.of(), chain));
        } else {
          files.add(new Entry(child, name));
        }
      }
    } catch (DirectoryIteratorException e) {
      damaged(entry, e.getCause());
    } catch (IOException e) {
      damaged(entry, e);
    }
    tasks.addAll(stretches(files));
    ForkJoinTask.invokeAll(tasks);
  }

  /** Identifies a folder however it was reached. */
  private static Object key(Path path, BasicFileAttributes attributes) throws IOException {
    Object key = attributes.fileKey();
    return key != null ? key : path.toRealPath();
  }

  private void readFile(Entry entry) {
    String extension = PathNames.extension(PathNames.fileName(entry.path));
    boolean isNamedImage = ImageFormat.ofExtension(extension).isPresent() || source.isList();
    try {
      BasicFileAttributes attributes = Files.readAttributes(entry.path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new BadImageException(
            attributes.isDirectory() ? "a folder, not a file" : "not a regular file");
      }
      readImage(entry, extension, attributes.size());
    } catch (IOException e) {
      if (isNamedImage) {
        damaged(entry, e);
      } else {
        findings.other(extension);
      }
    }
  }

  /** Throws what is wrong with a file that may or may not be meant as an image. */
  private void readImage(Entry entry, String extension, long length) throws IOException {
    String name = source.prefix() + entry.name;
    try (FileChannel channel =
        FileChannel.open(PathNames.toOpen(entry.path), StandardOpenOption.READ)) {
      HeaderBytes bytes = HeaderBytes.of(channel, length);
      byte[] head = bytes.head(ImageFormat.SIGNATURE_BYTES);
      Optional<ImageFormat> format = ImageFormat.detect(head);
      Optional<UnsupportedFormat> unsupported = UnsupportedFormat.detect(head, extension);
      // Cameras' raw files have the form of a TIFF: there the extension alone tells.
      boolean isRaw =
          format.equals(Optional.of(ImageFormat.TIFF))
              && unsupported.equals(Optional.of(UnsupportedFormat.CAMERA_RAW));
      if (unsupported.isPresent() && (format.isEmpty() || isRaw)) {
        findings.unsupported(unsupported.get());
        return;
      }
      if (format.isEmpty()) {
        throw new BadImageException(
            length == 0 ? "empty file" : "the content is of no known image format");
      }
      try {
        ImageHeader header = ImageHeader.read(bytes, format.get(), limits);
        findings.image(
            new ImageFile(
                entry.path,
                name,
                format.get(),
                (int) header.width(),
                (int) header.height(),
                header.orientation(),
                length));
      } catch (BadImageException e) { // an image by its content, so its name does not matter
        damaged(entry, e);
      }
    }
  }

  private void damaged(Entry entry, IOException fault) {
    findings.damaged(entry.path, source.prefix() + entry.name, reason(fault));
  }

  private static String reason(IOException fault) {
    if (fault instanceof BadImageException) {
      return fault.getMessage();
    }
    if (fault instanceof NoSuchFileException) {
      return "no such file, or a link that leads nowhere";
    }
    if (fault instanceof AccessDeniedException) {
      return "permission to read it is denied";
    }
    return "cannot be read: " + fault.getMessage();
  }
}
