package org.dinovmf.training.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that saves, at many moments, and looks at what it leaves. */
@Tag("slow")
class CheckpointKillTest {

  private static final int KILLS = 24;
  private static final List<String> MOMENTS = List.of("begun", "half", "written", "saved");

  @TempDir Path run;

  @Test
  void noKillLosesACheckpoint() throws IOException, InterruptedException {
    List<String> warnings = new ArrayList<>();
    long newest = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      // Each kind of moment in turn, in another save of the process each time.
      Saved saved = killAt(MOMENTS.get(kill % MOMENTS.size()), kill / MOMENTS.size() % 3);
      assertTrue(saved.first() > newest, "goes on after the newest");
      Optional<Checkpoint> found = SavingLoop.checkpoints(run).latestValid(warnings::add);
      String at = "kill %d, %s, found %s".formatted(kill, saved, found);
      assertTrue(found.isPresent() || saved.last() == 0, at);
      newest = found.map(checkpoint -> checkpoint.state().step()).orElse(0L);
      // A save may end after its last line was read and before the kill.
      assertTrue(newest >= saved.last(), at);
      if (found.isPresent()) {
        assertEquals(newest, SavingLoop.stepOf(found.get()), at);
      }
    }
    assertTrue(newest > KILLS / 2, "it got on between the kills: " + newest);
    assertEquals(List.of(), warnings, "a checkpoint in sight is whole");
    SavingLoop.checkpoints(run)
        .save(
            new TrainState(newest + 1, 0, 1, 0),
            prefix -> Files.writeString(prefix.resolveSibling(SavingLoop.DATA), "last"));
    try (Stream<Path> left = Files.list(run.resolve("checkpoints"))) {
      List<String> folders =
          left.map(path -> path.getFileName().toString())
              .filter(n -> n.startsWith("step"))
              .toList();
      assertEquals(2, folders.size(), "leftovers are pruned: " + folders);
    }
  }

  /** What the process told: the first step it began, and the last it had saved, 0 if none. */
  private record Saved(long first, long last) {}

  /** Kills once the process has told of the given moment after some whole saves. */
  private Saved killAt(String moment, int savesBefore) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                SavingLoop.class.getName(),
                run.toString())
            .redirectErrorStream(true)
            .start();
    long first = 0;
    long last = 0;
    int saves = 0;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 2);
        assertTrue(MOMENTS.contains(words[0]), line);
        long step = Long.parseLong(words[1]);
        first = first == 0 ? step : first;
        boolean isMoment = words[0].equals(moment) && saves >= savesBefore;
        if (words[0].equals("saved")) {
          saves++;
          last = step;
        }
        if (isMoment) {
          process.toHandle().destroyForcibly(); // unlike the process, it leaves the output open
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertFalse(process.exitValue() == 0, "killed, not ended");
    return new Saved(first, last);
  }
}
