package org.dinovmf.training.data;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * File names as text in UTF-8, whatever the locale. Under {@code LC_ALL=C} the runtime shows all
 * letters beyond ASCII as the same replacement character, so that two names could look the same;
 * the bytes themselves are kept, and a URI gives them.
 */
final class PathNames {

  private PathNames() {}

  /** The last name of a path. */
  static String fileName(Path path) {
    Path last = path.getFileName();
    if (last == null) {
      return "";
    }
    String name = last.toString();
    return isPlain(name) ? name : decode(lastName(path.toUri().getRawPath()));
  }

  /**
   * An equal path to open a file with: one that was opened keeps its own text, which would be 80 MB
   * in a folder of a million files.
   */
  static Path toOpen(Path path) {
    Path last = path.getFileName();
    return last == null ? path : path.resolveSibling(last);
  }

  /** The path that a name in UTF-8, with '/' between folders, has below a folder. */
  static Path resolve(Path folder, String name) {
    if (isPlain(name)) {
      return folder.resolve(name);
    }
    StringBuilder raw = new StringBuilder();
    if (!name.startsWith("/")) {
      raw.append(folder.toAbsolutePath().toUri().getRawPath());
      if (raw.charAt(raw.length() - 1) != '/') {
        raw.append('/');
      }
    }
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/' || (b > 0 && Character.isLetterOrDigit(b)) || b == '.' || b == '-') {
        raw.append((char) b);
      } else {
        raw.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
      }
    }
    return Path.of(URI.create("file://" + raw));
  }

  /** The part after the last dot, or nothing; a leading dot does not count. */
  static String extension(String fileName) {
    int dot = fileName.lastIndexOf('.');
    return dot < 1 ? "" : fileName.substring(dot + 1);
  }

  /** Whether every character is the same in all encodings. */
  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static String lastName(String rawPath) {
    String trimmed = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }

  /** Undoes percent encoding; names that are not UTF-8 keep it, so that none are confused. */
  private static String decode(String raw) {
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes[length++] = (byte) Integer.parseInt(raw, i + 1, i + 3, 16);
        i += 2;
      } else {
        bytes[length++] = (byte) raw.charAt(i);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      return raw;
    }
  }
}
