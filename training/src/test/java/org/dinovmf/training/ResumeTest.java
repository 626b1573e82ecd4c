package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dinovmf.training.Trainer.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** However a run is cut into pieces, every variable and every loss is the same to the bit. */
class ResumeTest {

  private static final int THREADS = 2;

  @TempDir static Path temp;
  private static Path images;

  /** A run in one piece, with one thread. */
  private static Path straight;

  private static Map<Long, StepResult> expected;

  @BeforeAll
  static void trainInOnePiece() throws IOException, InterruptedException {
    images = temp.resolve("images");
    TinyTraining.writeImages(images);
    straight = temp.resolve("straight");
    expected = finish(straight, 1, unoptimized(1));
    assertEquals(TinyTraining.STEPS, expected.size());
  }

  /** Killed two steps after a checkpoint, in another process, as an operating system would. */
  @Tag("slow")
  @Test
  void aKilledRunEndsAsIfItHadNotBeenKilled() throws IOException, InterruptedException {
    ConfigProto device = Devices.session(THREADS, false);
    Path whole = temp.resolve("whole");
    Map<Long, StepResult> results = finish(whole, THREADS, device);
    Path killed = temp.resolve("killed");
    List<String> told = killAfter(killed, TinyTraining.STEPS / 2 + 2);
    for (int i = 0; i < told.size(); i++) {
      long step = i + 1L;
      assertEquals(TrainingProcess.line(step, results.get(step)), told.get(i));
    }
    Map<Long, StepResult> rest = finish(killed, THREADS, device);
    assertEquals(new TreeMap<>(results).tailMap(TinyTraining.STEPS / 2 + 1), rest);
    assertSameWeights(whole, killed);
  }

  /**
   * Stopped in the first epoch, at the end of it, where the prototypes begin to train, and later.
   */
  @Test
  void aStoppedRunEndsAsIfItHadNotBeenStopped() throws IOException, InterruptedException {
    ConfigProto device = unoptimized(1);
    Path stopped = temp.resolve("stopped");
    TinyTraining.Log log = new TinyTraining.Log();
    for (long stop : List.of(2L, TinyTraining.STEPS_PER_EPOCH, 7L)) {
      try (Trainer trainer = TinyTraining.open(images, stopped, 1, device)) {
        assertEquals(Outcome.STOPPED, trainer.train(log, () -> trainer.state().step() == stop));
        assertEquals(stop, trainer.state().step());
        assertEquals(
            Math.max(0, stop - TinyTraining.STEPS_PER_EPOCH), trainer.state().prototypeUpdates());
      }
    }
    log.results.putAll(finish(stopped, 1, device));
    assertEquals(expected, log.results);
    assertSameWeights(straight, stopped);
    assertEquals(Map.of(), finish(stopped, 1, device), "nothing is left to do");
    assertSameWeights(straight, stopped);
  }

  /** Reports fall on the same steps and are of the same steps, wherever the run was cut. */
  @Tag("slow")
  @Test
  void reportsOverSeveralStepsAreThoseOfOnePiece() throws IOException, InterruptedException {
    RunOptions each = TinyTraining.options(1);
    RunOptions everyFive =
        new RunOptions(
            1,
            each.checkpointEpochs(),
            each.keepCheckpoints(),
            5,
            each.maxTime(),
            each.badImages(),
            each.decoding());
    Path stopped = temp.resolve("reported");
    TinyTraining.Log log = new TinyTraining.Log();
    for (long stop : List.of(2L, 7L, 8L, TinyTraining.STEPS)) {
      try (Trainer trainer =
          Trainer.open(
              TinyTraining.config(),
              everyFive,
              TinyTraining.index(images),
              stopped,
              true,
              unoptimized(1),
              warning -> {})) {
        trainer.train(log, () -> trainer.state().step() == stop);
      }
    }
    Map<Long, Double> means = new TreeMap<>();
    means.put(5L, meanLoss(1, 5));
    means.put(10L, meanLoss(6, 10));
    means.put(12L, meanLoss(11, 12));
    Map<Long, Double> reported = new TreeMap<>();
    log.results.forEach((step, mean) -> reported.put(step, mean.loss()));
    assertEquals(means, reported);
    assertEquals(expected.get(1L).measures().keySet(), log.results.get(5L).measures().keySet());
  }

  private static double meanLoss(long first, long last) {
    double sum = 0;
    for (long step = first; step <= last; step++) {
      sum += expected.get(step).loss();
    }
    return sum / (last - first + 1);
  }

  @Test
  void aDamagedCheckpointIsDoneAgain() throws IOException, InterruptedException {
    ConfigProto device = unoptimized(1);
    Path run = temp.resolve("run");
    copy(straight, run);
    byte[] damaged = Files.readAllBytes(weights(run));
    damaged[damaged.length / 2] ^= 1;
    Files.write(weights(run), damaged);

    List<String> warnings = new ArrayList<>();
    TinyTraining.Log log = new TinyTraining.Log();
    try (Trainer trainer =
        Trainer.open(
            TinyTraining.config(),
            TinyTraining.options(1),
            TinyTraining.index(images),
            run,
            true,
            device,
            warnings::add)) {
      assertEquals(1, warnings.size(), warnings.toString());
      assertTrue(warnings.get(0).contains("step-000000012"), warnings.get(0));
      assertEquals(9, trainer.state().step());
      assertEquals(Outcome.FINISHED, trainer.train(log, () -> false));
    }
    assertEquals(new TreeMap<>(expected).tailMap(10L), log.results);
    assertSameWeights(straight, run);
  }

  /** Random choices follow from the image and the epoch, never from the thread. */
  @Test
  void theNumberOfDecodingThreadsChangesNothing() throws IOException, InterruptedException {
    Path five = temp.resolve("five");
    assertEquals(expected, finish(five, 5, unoptimized(1)));
    assertSameWeights(straight, five);
  }

  /** Trains from where the run is to its end. */
  private static Map<Long, StepResult> finish(Path run, int threads, ConfigProto device)
      throws IOException, InterruptedException {
    TinyTraining.Log log = new TinyTraining.Log();
    try (Trainer trainer = TinyTraining.open(images, run, threads, device)) {
      assertEquals(Outcome.FINISHED, trainer.train(log, () -> false));
      assertEquals(TinyTraining.STEPS, trainer.state().step());
    }
    return log.results;
  }

  /** The lines of the steps up to the kill. */
  private List<String> killAfter(Path run, long step) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingProcess.class.getName(),
                images.toString(),
                run.toString(),
                "" + THREADS)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> told = new ArrayList<>();
    try (BufferedReader lines = process.inputReader();
        OutputStream leave = process.getOutputStream()) {
      while (told.size() < step) {
        String line = lines.readLine();
        assertNotNull(line, "it ended after " + told);
        told.add(line);
        if (told.size() < step) {
          leave.write('\n');
          leave.flush();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return told;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  private static void assertSameWeights(Path expected, Path found) throws IOException {
    assertTrue(
        Arrays.equals(Files.readAllBytes(weights(expected)), Files.readAllBytes(weights(found))),
        "the last checkpoints differ");
    assertTrue(Files.size(weights(expected)) > 0);
  }

  /** Every variable in the last checkpoint; the file has no time in it. */
  private static Path weights(Path run) {
    return run.resolve(
        "checkpoints/step-%09d/weights.data-00000-of-00001".formatted(TinyTraining.STEPS));
  }

  /** Without the rewriting of graphs, which takes longer here than the steps do. */
  private static ConfigProto unoptimized(int threads) {
    RewriterConfig.Builder rewriting = RewriterConfig.newBuilder().setDisableMetaOptimizer(true);
    return Devices.session(threads, false).toBuilder()
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriting))
        .build();
  }
}
