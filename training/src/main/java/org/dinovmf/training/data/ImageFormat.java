package org.dinovmf.training.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The image formats that can be read, told apart by the first bytes of a file, never by its name.
 */
public enum ImageFormat {
  JPEG("jpg", "jpeg", "jpe", "jfif"),
  PNG("png"),
  BMP("bmp", "dib"),
  GIF("gif"),
  WEBP("webp"),
  TIFF("tif", "tiff");

  /** How many bytes of a file {@link #detect} wants to see. */
  public static final int SIGNATURE_BYTES = 16;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> extensions;

  ImageFormat(String... extensions) {
    this.extensions = List.of(extensions);
  }

  /** The extensions in use for this format, lower case, without a dot, the usual one first. */
  public List<String> extensions() {
    return extensions;
  }

  /** The format whose files usually have the extension, which is given without a dot. */
  public static Optional<ImageFormat> ofExtension(String extension) {
    String lower = extension.toLowerCase(Locale.ROOT);
    for (ImageFormat format : values()) {
      if (format.extensions.contains(lower)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /**
   * The format of a file.
   *
   * @param head its first bytes, {@link #SIGNATURE_BYTES} or, in a shorter file, all
   */
  public static Optional<ImageFormat> detect(byte[] head) {
    if (Signatures.matches(head, 0, 0xFF, 0xD8, 0xFF)) {
      return Optional.of(JPEG);
    }
    if (Signatures.matches(head, 0, 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A)) {
      return Optional.of(PNG);
    }
    if (Signatures.matches(head, 0, 'G', 'I', 'F', '8')) {
      return Optional.of(GIF);
    }
    if (Signatures.matches(head, 0, 'R', 'I', 'F', 'F')
        && Signatures.matches(head, 8, 'W', 'E', 'B', 'P')) {
      return Optional.of(WEBP);
    }
    if (Signatures.matches(head, 0, 'I', 'I', 42, 0)
        || Signatures.matches(head, 0, 'M', 'M', 0, 42)) {
      return Optional.of(TIFF);
    }
    // Two letters alone would take many a text file for a BMP: the reserved words must be zero too.
    if (Signatures.matches(head, 0, 'B', 'M') && Signatures.matches(head, 6, 0, 0, 0, 0)) {
      return Optional.of(BMP);
    }
    return Optional.empty();
  }
}
