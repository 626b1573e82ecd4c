package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PathNamesTest {

  private static final List<String> NAMES =
      List.of("caf\u00e9.png", "what?.png", "\u043a\u043e\u0442/\u732b.png");

  /** Prints the names of an index in UTF-8, whatever the locale. */
  static final class Program {

    private Program() {}

    public static void main(String[] folderAndList) throws IOException {
      for (String source : folderAndList) {
        ImageIndex index = ImageIndexer.scan(List.of(Path.of(source)), ScanLimits.standard(), 1);
        for (ImageFile image : index.images()) {
          String line = image.relativePath() + " " + Files.exists(image.path()) + "\n";
          System.out.write(line.getBytes(StandardCharsets.UTF_8));
        }
      }
      System.out.flush();
    }
  }

  /** The locale is fixed when a JVM starts, so another one is started. */
  @Test
  @EnabledOnOs(OS.LINUX) // macOS has file names in UTF-8 in every locale
  void asciiLocaleChangesNoName(@TempDir Path temp) throws Exception {
    Path folder = temp.resolve("images");
    for (String name : NAMES) {
      TestImages.writePng(PathNames.resolve(folder, name), 3, 3, 1);
    }
    Path list = temp.resolve("list.txt");
    Files.writeString(list, "images/" + String.join("\nimages/", NAMES));

    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            location(ImageIndexer.class) + ":" + location(Program.class),
            Program.class.getName(),
            folder.toString(),
            list.toString());
    builder.environment().put("LC_ALL", "C");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), output);
    assertEquals(
        """
        caf\u00e9.png true
        what?.png true
        \u043a\u043e\u0442/\u732b.png true
        images/caf\u00e9.png true
        images/what?.png true
        images/\u043a\u043e\u0442/\u732b.png true
        """,
        output);
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
