package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dinovmf.tools.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnfinishedRunTest {

  private static final Set<String> RUN =
      Set.of("checkpoints", "import.json", "config.yaml", "run.json");

  @TempDir private Path folder;

  @Test
  void aRunAppearsAsAWhole() throws IOException {
    Path run = folder.resolve("run");
    Path stale = half(folder.resolve(".run.partial"));
    try (UnfinishedRun unfinished = UnfinishedRun.begin(run)) {
      assertFalse(Files.exists(stale), "what a kill has left is no part of the run");
      fill(unfinished.folder().path());
      assertFalse(Files.exists(run));
      unfinished.publish();
    }
    assertEquals(RUN, names(run));
    assertEquals(Set.of("run"), names(folder));
  }

  /** A link to a folder stands for a disk of its own: it cannot be replaced by another folder. */
  @Test
  void anEmptyFolderThatIsThereStays() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path run = Files.createSymbolicLink(folder.resolve("run"), disk);
    try (UnfinishedRun unfinished = UnfinishedRun.begin(run)) {
      fill(unfinished.folder().path());
      unfinished.publish();
    }
    assertTrue(Files.isSymbolicLink(run));
    assertEquals(RUN, names(disk));
  }

  @Test
  void whatIsNotPublishedGoes() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    for (Path run : List.of(there, folder.resolve("run"))) {
      try (UnfinishedRun unfinished = UnfinishedRun.begin(run)) {
        fill(unfinished.folder().path());
      }
    }
    assertEquals(Set.of("there"), names(folder));
    assertEquals(Set.of(), names(there));
  }

  @Test
  void aFolderWithWhatAKillLeftIsNewForTheNextImport() throws IOException {
    Path stale = half(folder.resolve(".partial"));
    UnfinishedRun.begin(folder).close();
    assertFalse(Files.exists(stale));
    Path mine = Files.writeString(folder.resolve("mine.txt"), "mine");
    assertThrows(ConfigException.class, () -> UnfinishedRun.begin(folder));
    assertThrows(ConfigException.class, () -> UnfinishedRun.begin(mine));
  }

  /** Each moment of a kill while the parts are taken over. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFolderThatWasHalfTakenOverIsNewForTheNextImport(int taken) throws IOException {
    Path aside = killed(taken);
    assertTrue(UnfinishedRun.isIn(folder));
    try (UnfinishedRun unfinished = UnfinishedRun.begin(folder)) {
      assertEquals(Set.of(".partial"), names(folder));
      assertEquals(Set.of("import.lock"), names(aside));
      fill(unfinished.folder().path());
      unfinished.publish();
    }
    assertEquals(RUN, names(folder));
  }

  @Test
  void partsOfNoImportAreLeft() throws IOException {
    Path aside = killed(2);
    Path again = Files.createDirectory(aside.resolve("checkpoints"));
    assertRefused(folder, "'%s' exists and is left as it is; give --out another name", folder);
    Files.delete(again);
    Path record = aside.resolve("run.json");
    Files.move(record, folder.resolve("run.json"));
    assertRefused(folder, "'%s' exists and is left as it is; give --out another name", folder);
    Files.delete(folder.resolve("run.json"));
    assertRefused(folder, "'%s' exists and is left as it is; give --out another name", folder);
    assertFalse(UnfinishedRun.isIn(folder));
    assertTrue(Files.exists(folder.resolve("import.json")));
  }

  /** Such as rsync's --partial-dir=.partial; beside the lock, and without it. */
  @Test
  void anotherProgramsFolderIsLeft() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Path aside = run.resolve(".partial");
    half(aside);
    Path foreign = Files.writeString(aside.resolve("photo.jpg"), "mine");
    assertForeignIsLeft(run, aside, foreign);
    Files.delete(aside.resolve("import.lock"));
    Files.delete(foreign);
    assertForeignIsLeft(run, aside, aside.resolve("checkpoints"));

    Path beside = Files.createDirectory(folder.resolve(".new.partial"));
    Path mine = Files.writeString(beside.resolve("run.json"), "mine");
    assertForeignIsLeft(folder.resolve("new"), beside, mine);
  }

  @Test
  void aLinkAndAFileAreLeft() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path run = Files.createDirectory(folder.resolve("run"));
    Path aside = Files.createSymbolicLink(run.resolve(".partial"), empty);
    assertForeignIsLeft(run, aside, aside);
    Files.delete(aside);
    Files.writeString(aside, "mine");
    assertForeignIsLeft(run, aside, aside);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSecondImportIsRefusedAndTheFirstGoesOn(boolean isThere) throws IOException {
    Path run = folder.resolve("run");
    if (isThere) {
      Files.createDirectory(run);
    }
    try (UnfinishedRun first = UnfinishedRun.begin(run)) {
      fill(first.folder().path());
      assertEquals(
          "another import is writing to '%s'; wait for it or give --out another name"
              .formatted(run),
          assertThrows(IOException.class, () -> UnfinishedRun.begin(run)).getMessage());
      first.publish();
    }
    assertEquals(RUN, names(run));
    assertThrows(ConfigException.class, () -> UnfinishedRun.begin(run), "now there is a run");
  }

  private static void assertForeignIsLeft(Path run, Path aside, Path foreign) {
    assertRefused(run, "'%s' is of no import and is left as it is; give --out another name", aside);
    assertTrue(Files.exists(foreign));
  }

  private static void assertRefused(Path run, String message, Path named) {
    assertEquals(
        message.formatted(named),
        assertThrows(ConfigException.class, () -> UnfinishedRun.begin(run)).getMessage());
  }

  /** What an import leaves that was killed after it had taken over some parts of the run. */
  private Path killed(int taken) throws IOException {
    Path aside = Files.createDirectory(folder.resolve(".partial"));
    Files.createFile(aside.resolve("import.lock"));
    fill(aside);
    for (String part : List.of("checkpoints", "import.json", "config.yaml").subList(0, taken)) {
      Files.move(aside.resolve(part), folder.resolve(part));
    }
    return aside;
  }

  /** Makes what an import leaves that was killed while it wrote; returns a file of it. */
  private static Path half(Path aside) throws IOException {
    Path checkpoint = Files.createDirectories(aside.resolve("checkpoints/.tmp-step-000000001"));
    Files.createFile(aside.resolve("import.lock"));
    Files.createFile(aside.resolve(".import.json.tmp-7"));
    return Files.writeString(checkpoint.resolve("state.json"), "{");
  }

  private static void fill(Path run) throws IOException {
    Files.createDirectory(run.resolve("checkpoints"));
    for (String file : List.of("import.json", "config.yaml", "run.json")) {
      Files.writeString(run.resolve(file), "new");
    }
  }

  private static Set<String> names(Path parent) throws IOException {
    try (Stream<Path> inside = Files.list(parent)) {
      return inside.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
