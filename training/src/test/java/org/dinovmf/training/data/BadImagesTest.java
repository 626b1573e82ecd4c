package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadImagesTest {

  @TempDir Path temp;

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource({"10, 11, true", "11, 1100, true", "11, 1099, false", "101, 10000, false"})
  void moreThanOnePercentAndMoreThanTenStop(int bad, int total, boolean isBorne) {
    if (isBorne) {
      assertDoesNotThrow(() -> BadImagePolicy.standard().check(bad, total, "x"));
    } else {
      assertThrows(DataException.class, () -> BadImagePolicy.standard().check(bad, total, "x"));
    }
  }

  @Test
  void fixedNumberIsTheLimitWhateverTheSize() {
    assertDoesNotThrow(() -> BadImagePolicy.atMost(3).check(3, 1_000_000, "x"));
    assertThrows(DataException.class, () -> BadImagePolicy.atMost(3).check(4, 1_000_000, "x"));
  }

  @Test
  void damagedHeadersStopTheRunBeforeItBeginsAndAreAllNamed() throws IOException {
    ImageIndex index = index(100, 12);
    Path file = temp.resolve("bad.jsonl");
    assertEquals(
        "12 of 112 images are bad, such as bad/0: empty file; "
            + "repair or remove them, or allow more with --max-bad-images",
        assertThrows(
                DataException.class,
                () -> BadImages.recordedIn(file, index, BadImagePolicy.standard()))
            .getMessage());
    assertEquals(12, Files.readAllLines(file).size());
  }

  @Test
  void damagedHeadersCountTowardsTheLimit() {
    BadImages badImages = BadImages.unrecorded(index(100, 9), BadImagePolicy.standard());
    badImages.add(new DamagedFile(Path.of("x"), "x", "cut"));
    badImages.add(new DamagedFile(Path.of("x"), "x", "cut"));
    assertEquals(10, badImages.count());
    DamagedFile oneMore = new DamagedFile(Path.of("y"), "y", "cut");
    assertThrows(DataException.class, () -> badImages.add(oneMore));
  }

  @Test
  void lineLeftUnfinishedByAKilledRunIsNoHindrance() throws IOException {
    Path file = temp.resolve("bad.jsonl");
    byte[] unfinished = "{\"path\":\"bad/0\",\"file\":\"\u732b".getBytes(StandardCharsets.UTF_8);
    Files.write(file, Arrays.copyOf(unfinished, unfinished.length - 1));
    BadImages.recordedIn(file, index(5, 2), BadImagePolicy.standard());
    BadImages.recordedIn(file, index(5, 2), BadImagePolicy.standard());
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    assertEquals(3, lines.size(), text);
    assertEquals("{\"path\":\"bad/1\",\"file\":\"f1\",\"reason\":\"empty file\"}", lines.get(2));
    assertTrue(lines.get(1).startsWith("{\"path\":\"bad/0\""));
  }

  private static ImageIndex index(int good, int bad) {
    Findings findings = new Findings();
    for (int i = 0; i < good; i++) {
      findings.image(new ImageFile(Path.of("x"), "x" + i, ImageFormat.PNG, 1, 1, 1, 1));
    }
    for (int i = 0; i < bad; i++) {
      findings.damaged(Path.of("f" + i), "bad/" + i, "empty file");
    }
    return findings.index();
  }
}
