package org.dinovmf.tools.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NextCommandsTest {

  @Test
  void namesThatAShellWouldTakeApartAreQuoted() {
    assertEquals("runs/a-1_b.c", NextCommands.quoted(Path.of("runs/a-1_b.c")));
    assertEquals("'my runs/it'\\''s $1'", NextCommands.quoted(Path.of("my runs/it's $1")));
    assertEquals(
        "./dino-vmf eval knn --run 'a b/run' --train 'a b/images/train' --val 'a b/images/test'",
        NextCommands.lines(Path.of("a b"), Path.of("a b/run")).get(8));
  }
}
