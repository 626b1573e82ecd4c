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
  void whatFailedIsRemovedAndTheFaultKept() throws IOException {
    RunFolder run = new RunFolder(Files.createDirectory(folder.resolve("run")));
    Files.writeString(run.path().resolve("a.txt"), "a");
    IOException fault = new IOException("full");
    run.remove(fault);
    assertFalse(Files.exists(run.path()));
    assertEquals(0, fault.getSuppressed().length);
    run.remove(fault);
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
