package org.dinovmf.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void replacesWhatIsThereAndMakesFolders() throws IOException {
    Path file = folder.resolve("a/b/file.txt");
    AtomicFile.write(file, out -> out.write(bytes("first")));
    AtomicFile.write(file, out -> out.write(bytes("second")));
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("file.txt"), names(file.getParent()));
  }

  /** As on a disk that is full. */
  @Test
  void aFailureLeavesWhatWasThereAndNothingAside() throws IOException {
    Path file = folder.resolve("file.txt");
    AtomicFile.write(file, out -> out.write(bytes("whole")));
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(bytes("half"));
                  throw new IOException("no space left");
                }));
    assertEquals("whole", Files.readString(file));
    assertEquals(List.of("file.txt"), names(folder));
  }

  @Test
  void writesThroughALinkToAFolder() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFile.write(link.resolve("file.txt"), out -> out.write(bytes("text")));
    assertEquals(List.of("file.txt"), names(real));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
