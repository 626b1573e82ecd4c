package org.dinovmf.tools.embed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 sums. */
public final class Digests {

  private static final int BUFFER = 1 << 16;

  private Digests() {}

  /** Over the content of every file below a folder, in the order of their paths. */
  public static String ofFolder(Path folder) throws IOException {
    List<Path> files; // a walk would not enter a link
    try (Stream<Path> walk = Files.walk(folder.toRealPath())) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    return of(files);
  }

  /** Over the content of a file. */
  public static String ofFile(Path file) throws IOException {
    return of(List.of(file));
  }

  private static String of(List<Path> files) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A fresh sum. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
