package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.dinovmf.tools.machine.DeviceException;
import org.dinovmf.training.NonFiniteLossException;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.data.DataException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultsTest {

  @ParameterizedTest
  @MethodSource("faults")
  void hasOneLineAndTheDocumentedCode(Throwable fault, int code, String line) {
    assertEquals(code, Faults.exitCode(fault));
    assertEquals(line, Faults.line(fault));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(new DataException("no image\nat all"), 3, "no image"),
        Arguments.of(
            new NonFiniteLossException(812, new IllegalStateException()),
            4,
            "the loss or the gradient of step 812 is not finite; nothing was updated. Lower the learning rate, or raise the warm-up or the teacher temperature"),
        Arguments.of(new CheckpointException("runs/a is damaged"), 5, "runs/a is damaged"),
        Arguments.of(
            new UncheckedIOException(new CheckpointException("runs/a is damaged")),
            5,
            "runs/a is damaged"),
        Arguments.of(new DeviceException("there is no GPU"), 6, "there is no GPU"),
        Arguments.of(
            new UnsatisfiedLinkError("no jnitensorflow in java.library.path"),
            6,
            "TensorFlow's native library cannot be loaded: no jnitensorflow in java.library.path"),
        Arguments.of(
            new ExceptionInInitializerError(new IOException("read-only file system")),
            6,
            "TensorFlow's native library cannot be loaded: read-only file system"),
        Arguments.of(
            new FileSystemException("runs/a/events", null, "No space left on device"),
            1,
            "runs/a/events: No space left on device"),
        Arguments.of(new NoSuchFileException("runs/a"), 1, "no such file: runs/a"),
        Arguments.of(new IllegalStateException(), 1, "IllegalStateException"),
        Arguments.of(
            new OutOfMemoryError(),
            1,
            "the Java heap is too small; set DINO_VMF_JAVA_OPTS=-Xmx8g, say, or lower --batch-size or --threads"));
  }
}
