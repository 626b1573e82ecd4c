package org.dinovmf.training.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checkpoints as PyTorch writes them, under {@code interop/}; random weights. */
public final class Interop {

  private Interop() {}

  /** The bytes of one. */
  static byte[] bytes(String name) {
    try (InputStream in = Interop.class.getResourceAsStream("/interop/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of one in a folder. */
  static Path copy(String name, Path folder) {
    try {
      return Files.write(folder.resolve(name), bytes(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
