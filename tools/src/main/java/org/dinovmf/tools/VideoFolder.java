package org.dinovmf.tools;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.eval.video.MaskImage;

/**
 * Videos as DAVIS has them: {@code JPEGImages/480p/VIDEO/00000.jpg} and {@code
 * Annotations/480p/VIDEO/00000.png}, a mask for each frame.
 *
 * @param folder that holds both
 */
record VideoFolder(Path folder) {

  /** Where DAVIS 2017 has pixels that are of no object; in DAVIS 2016 the only object. */
  private static final int HIGHEST = 255;

  private static final Pattern PICTURE = Pattern.compile("(?i)\\.(jpe?g|png)$");

  private static final Path FRAMES = Path.of("JPEGImages", "480p");
  private static final Path MASKS = Path.of("Annotations", "480p");

  /** One video, frame by frame. */
  record Video(String name, List<Path> frames, List<Path> masks) {

    Video {
      frames = List.copyOf(frames);
      masks = List.copyOf(masks);
    }
  }

  /** The names of all videos that have masks, sorted. */
  List<String> names() throws IOException {
    Path masks = folder.resolve(MASKS);
    if (!Files.isDirectory(masks)) {
      throw new DataException(
          "'%s' must hold videos in %s and masks in %s, as DAVIS does, but has no masks"
              .formatted(folder, FRAMES, MASKS));
    }
    return files(masks).stream()
        .filter(Files::isDirectory)
        .map(path -> path.getFileName().toString())
        .toList();
  }

  /** The files of a video. */
  Video video(String name) throws IOException {
    Path frameFolder = folder.resolve(FRAMES).resolve(name);
    Path maskFolder = folder.resolve(MASKS).resolve(name);
    if (!Files.isDirectory(frameFolder) || !Files.isDirectory(maskFolder)) {
      throw new DataException(
          "video '%s' must have folders '%s' and '%s'".formatted(name, frameFolder, maskFolder));
    }
    List<Path> frames = pictures(frameFolder);
    List<Path> masks = pictures(maskFolder);
    if (frames.size() < 3 || !stems(frames).equals(stems(masks))) {
      throw new DataException(
          "video '%s' must have at least 3 frames and a mask of the same name for each: %d frames, %d masks%s"
              .formatted(name, frames.size(), masks.size(), alone(frames, masks)));
    }
    return new Video(name, frames, masks);
  }

  /** The first frame without a mask, or mask without a frame. */
  private static String alone(List<Path> frames, List<Path> masks) {
    TreeSet<String> all = new TreeSet<>(stems(frames));
    all.addAll(stems(masks));
    return all.stream()
        .filter(stem -> !(stems(frames).contains(stem) && stems(masks).contains(stem)))
        .findFirst()
        .map(", but '%s' is only one of the two"::formatted)
        .orElse("");
  }

  /** JPEG and PNG files; systems leave other files beside them. */
  private static List<Path> pictures(Path folder) throws IOException {
    return files(folder).stream()
        .filter(file -> PICTURE.matcher(file.getFileName().toString()).find())
        .toList();
  }

  private static List<String> stems(List<Path> files) {
    return files.stream()
        .map(file -> PICTURE.matcher(file.getFileName().toString()).replaceFirst(""))
        .toList();
  }

  /** Without hidden ones: macOS adds a {@code ._00000.jpg} beside each file. */
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    }
  }

  /**
   * Masks of a video, whose values are the numbers of objects. Where there is no value but 0 and
   * 255, that is one object; else 255 is no object.
   */
  static List<MaskImage> masks(Video video) throws IOException {
    List<MaskImage> raw = new ArrayList<>();
    boolean isSingle = true;
    for (Path file : video.masks()) {
      MaskImage mask = read(file);
      raw.add(mask);
      for (int label : mask.labels()) {
        isSingle &= label == 0 || label == HIGHEST;
      }
    }
    int replacement = isSingle ? 1 : 0;
    for (MaskImage mask : raw) {
      int[] labels = mask.labels();
      for (int i = 0; i < labels.length; i++) {
        labels[i] = labels[i] == HIGHEST ? replacement : labels[i];
      }
    }
    return raw;
  }

  /** The values of an image with a palette, or of a gray one. */
  private static MaskImage read(Path file) throws IOException {
    BufferedImage image;
    try {
      image = ImageIO.read(file.toFile());
    } catch (IOException e) {
      throw new DataException("mask '%s' is damaged: %s".formatted(file, e.getMessage()), e);
    }
    if (image == null || image.getRaster().getNumBands() != 1) {
      throw new DataException(
          "mask '%s' must be an image with a palette or in gray, so that its values are numbers of objects"
              .formatted(file));
    }
    Raster raster = image.getRaster();
    int[] labels = raster.getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
    return new MaskImage(image.getWidth(), image.getHeight(), labels);
  }
}
