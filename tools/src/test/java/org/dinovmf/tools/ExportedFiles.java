package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dinovmf.training.RunRecord;

/** Files of a tiny run, made in a folder when they are first asked for. */
public final class ExportedFiles {

  private ExportedFiles() {}

  /** The record of a run that has no checkpoint. */
  public static RunRecord record(Path folder) throws IOException {
    Path run = folder.resolve("begun");
    TinyRun.begin(run);
    return RunRecord.read(run);
  }

  /** The index of a checkpoint. */
  public static Path index(Path folder) throws IOException {
    return run(folder).resolve("checkpoints/step-000000010/weights.index");
  }

  /** The graph of a SavedModel. */
  public static Path graph(Path folder) throws IOException {
    Path model = folder.resolve("model");
    export("savedmodel", run(folder), model);
    return model.resolve("1/saved_model.pb");
  }

  /** An ONNX file. */
  public static Path onnx(Path folder) throws IOException {
    Path file = folder.resolve("a.onnx");
    export("onnx", run(folder), file);
    return file;
  }

  private static Path run(Path folder) throws IOException {
    Path run = folder.resolve("run");
    if (!Files.exists(run)) {
      TinyRun.begin(Files.createDirectory(run));
      TinyRun.save(run, 10);
    }
    return run;
  }

  private static void export(String kind, Path run, Path out) {
    if (!Files.exists(out)) {
      CommandRun found = CommandRun.of("export", kind, "--run", run, "--out", out);
      assertEquals(0, found.exitCode(), found.err());
    }
  }
}
