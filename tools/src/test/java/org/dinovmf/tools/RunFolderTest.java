package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.training.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  @TempDir private Path folder;

  @Test
  void aRunAppearsAsAWhole() throws IOException {
    Path run = folder.resolve("run");
    Path stale = Files.createDirectories(folder.resolve(".run.partial/checkpoints"));
    RunFolder aside = new RunFolder(run).aside();
    assertFalse(Files.exists(stale), "what a kill has left is no part of the run");
    Files.writeString(aside.path().resolve("a.txt"), "a");
    assertFalse(Files.exists(run));
    new RunFolder(run).publish(aside);
    assertEquals("a", Files.readString(run.resolve("a.txt")));
    assertFalse(Files.exists(aside.path()));
  }

  /** A link to a folder stands for a disk of its own: it cannot be replaced by another folder. */
  @Test
  void anEmptyFolderThatIsThereStays() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path run = Files.createSymbolicLink(folder.resolve("run"), disk);
    RunFolder aside = new RunFolder(run).aside();
    Files.createDirectory(aside.path().resolve("checkpoints"));
    Files.writeString(aside.path().resolve("checkpoints/a.txt"), "a");
    new RunFolder(run).publish(aside);
    assertTrue(Files.isSymbolicLink(run));
    assertEquals("a", Files.readString(disk.resolve("checkpoints/a.txt")));
    assertFalse(Files.exists(aside.path()));
  }

  @Test
  void aFolderWithWhatAKillLeftIsNewForTheNextImport() throws IOException {
    Path stale = Files.createDirectories(folder.resolve(".partial/checkpoints"));
    RunFolder run = new RunFolder(folder);
    assertThrows(ConfigException.class, () -> run.requireNew("no"), "nothing removes it there");
    run.requireNewOrStopped("no");
    run.aside();
    assertFalse(Files.exists(stale));
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertThrows(ConfigException.class, () -> run.requireNewOrStopped("no"));
    assertThrows(
        ConfigException.class,
        () -> new RunFolder(folder.resolve("mine.txt")).requireNewOrStopped("no"));
  }

  @Test
  void whatFailedIsRemovedAndTheFaultKept() throws IOException {
    RunFolder aside = new RunFolder(folder.resolve("run")).aside();
    Files.writeString(aside.path().resolve("a.txt"), "a");
    IOException fault = new IOException("full");
    aside.remove(fault);
    assertFalse(Files.exists(aside.path()));
    assertEquals(0, fault.getSuppressed().length);
    aside.remove(fault);
    assertEquals(1, fault.getSuppressed().length, "there is nothing to remove");
  }

  /** A folder of the name that is written first stands for a disk without room. */
  @Test
  void aConfigurationThatCannotBeWrittenLeavesTheOneBefore() throws IOException {
    TinyRun.begin(folder);
    byte[] record = Files.readAllBytes(folder.resolve("run.json"));
    Path config = Files.writeString(folder.resolve("config.yaml"), "seed: 1\n");
    Files.createDirectory(folder.resolve(".config.yaml.tmp-" + ProcessHandle.current().pid()));
    Resolved resolved = Resolver.given(Request.none(), Optional.empty());
    RunRecord other =
        RunRecord.of(RunRecord.read(folder).config(), RunRecord.Data.none(), Map.of());
    assertThrows(IOException.class, () -> new RunFolder(folder).write(other, resolved));
    assertEquals("seed: 1\n", Files.readString(config));
    assertArrayEquals(record, Files.readAllBytes(folder.resolve("run.json")));

    new RunFolder(folder).write(other, resolved);
    assertTrue(Files.readString(config).startsWith("# Every setting of a run"));
    assertEquals(0, RunRecord.read(folder).data().images());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(2, left.count(), "nothing but the two files");
    }
  }

  @Test
  void aFolderWithAFileIsNotNew() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertThrows(ConfigException.class, () -> new RunFolder(folder).requireNew("no"));
  }
}
