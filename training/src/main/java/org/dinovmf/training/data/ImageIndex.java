package org.dinovmf.training.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The images of a run, sorted by relative path, and what was found beside them. Immutable. */
public final class ImageIndex {

  private final List<ImageFile> images;
  private final Census census;

  /**
   * Sorts the images.
   *
   * @throws DataException if two images have the same relative path
   */
  ImageIndex(List<ImageFile> images, Census census) {
    this.images = images.stream().sorted(Comparator.comparing(ImageFile::relativePath)).toList();
    this.census = census;
    for (int i = 1; i < this.images.size(); i++) {
      if (this.images.get(i).relativePath().equals(this.images.get(i - 1).relativePath())) {
        throw new DataException(
            "two images have the same name '%s': %s and %s; give each source once"
                .formatted(
                    this.images.get(i).relativePath(),
                    this.images.get(i - 1).path(),
                    this.images.get(i).path()));
      }
    }
  }

  /** Sorted by relative path; each relative path occurs once. */
  public List<ImageFile> images() {
    return images;
  }

  public int size() {
    return images.size();
  }

  /** What was found while indexing, images and others. */
  public Census census() {
    return census;
  }

  /**
   * Identifies the data set whatever folder it lies in: the number of images and the SHA-256 over
   * the relative path and the file size of each, as {@code "1234-9f86d0..."}.
   */
  public String fingerprint() {
    MessageDigest digest = sha256();
    for (ImageFile image : images) {
      digest.update(image.relativePath().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0); // no name holds it, so names and sizes cannot run into each other
      digest.update(Long.toString(image.length()).getBytes(StandardCharsets.US_ASCII));
      digest.update((byte) 0);
    }
    return images.size() + "-" + HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The first folder of each relative path as its label, if there are two or more such folders that
   * hold images.
   */
  public Optional<Labels> labels() {
    return Labels.fromFolders(this);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
