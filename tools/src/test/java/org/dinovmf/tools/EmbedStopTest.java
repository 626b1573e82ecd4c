package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.ExportConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(300)
final class EmbedStopTest {

  /** Comes after all that the command says. */
  private static final String ENDED = "the command has ended";

  @TempDir private Path folder;

  /** A pipe without a reader in place of the file keeps the command where the signal shall come. */
  @Test
  void heedsASignalWhileOtherFormatsAreWritten() throws Exception {
    Path out = Files.createDirectory(folder.resolve("out"));
    String[] command = {
      "embed", "--model", model(), "--data", images(), "--out", out.toString(), "--format", "csv"
    };
    Path pipe = out.resolve("embeddings.csv.partial");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());

    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    CommandLine line =
        Main.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(SentSignals.into(messages), true));
    // The outer one hears what the command's misses, and the JVM that runs the tests lives on.
    try (StopSignal outer = StopSignal.install(SentSignals.into(messages), "not heard")) {
      CompletableFuture<Integer> running =
          CompletableFuture.supplyAsync(() -> Main.run(line, command))
              .whenComplete((code, fault) -> messages.add(ENDED));
      await(messages, "2 of 2 images");
      SentSignals.send("TERM");
      assertEquals(
          "Stopping: what is embedded is kept; Ctrl-C twice ends it at once",
          await(messages, "Stopping: ").strip());
      assertFalse(outer.isRequested());
      try (RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw")) {
        assertEquals(ExitCodes.STOPPED, running.get());
        assertEquals('p', reader.read(), "the header was written");
      }
    }
    await(
        messages,
        "stopped after 2 of 2 images, before other formats were whole; give the same command again to go on");
    assertFalse(Files.exists(out.resolve("embeddings.csv")));

    CommandRun resumed = CommandRun.of((Object[]) command);
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertTrue(resumed.err().contains("2 rows were there from before"), resumed.err());
    assertEquals(3, Files.readAllLines(out.resolve("embeddings.csv")).size());
    assertTrue(Files.exists(out.resolve("embeddings.npy")));
  }

  private String model() throws IOException {
    Path run = folder.resolve("run");
    TinyRun.begin(run);
    Path checkpoint = TinyRun.save(run, 1).directory();
    TrainedEncoder trained = TrainedEncoder.of(run, Optional.of(checkpoint), warning -> {});
    Path model = folder.resolve("model");
    EncoderExporter.export(trained.source(), ExportConfig.standard(), model);
    return model.toString();
  }

  private String images() throws IOException {
    Path data = folder.resolve("data");
    TestImages.write(data.resolve("a.png"), Color.RED, 20, 20, 1);
    TestImages.write(data.resolve("b.png"), Color.BLUE, 20, 20, 2);
    return data.toString();
  }

  private static String await(BlockingQueue<String> messages, String text)
      throws InterruptedException {
    StringBuilder said = new StringBuilder();
    String message = messages.take();
    while (!message.contains(text)) {
      assertNotEquals(ENDED, message, () -> "it must say '%s', but said: %s".formatted(text, said));
      said.append(message);
      message = messages.take();
    }
    return message;
  }
}
