package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VersionsTest {

  @TempDir private Path model;

  @Test
  void takesTheHighestNumberNotTheLastName() throws IOException {
    for (String name : new String[] {"2", "10", "9", "011", "99x", "export-1"}) {
      Files.write(
          Files.createDirectory(model.resolve(name)).resolve("saved_model.pb"), new byte[0]);
    }
    assertEquals(model.resolve("10").toRealPath(), Versions.resolve(model));
    assertEquals(model.resolve("2").toRealPath(), Versions.resolve(model.resolve("2")));
  }

  @Test
  void followsLinks() throws IOException {
    Path version = Files.createDirectory(model.resolve("3"));
    Files.write(version.resolve("saved_model.pb"), new byte[0]);
    Path real = version.toRealPath();
    assertEquals(
        real, Versions.resolve(Files.createSymbolicLink(model.resolve("current"), version)));
    Path numbered = Files.createDirectory(model.resolve("numbered"));
    Files.createSymbolicLink(numbered.resolve("1"), version);
    assertEquals(real, Versions.resolve(numbered));
  }

  @Test
  void saysWhichVersionHoldsNoModel() throws IOException {
    Files.createDirectory(model.resolve("3"));
    IOException fault = assertThrows(IOException.class, () -> Versions.resolve(model));
    assertEquals(
        "'%s' is not a SavedModel: it holds no saved_model.pb".formatted(model.resolve("3")),
        fault.getMessage());
  }

  @Test
  void publishesUnderTheNextNumber() throws IOException {
    Path first = Files.createDirectory(model.resolve("export-a"));
    assertEquals(model.resolve("1"), Versions.publish(first, model));
    Path second = Files.createDirectory(model.resolve("export-b"));
    assertEquals(model.resolve("2"), Versions.publish(second, model));
  }
}
