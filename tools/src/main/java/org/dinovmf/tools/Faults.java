package org.dinovmf.tools;

import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.dinovmf.savedmodel.MissingAbilityException;
import org.dinovmf.tools.machine.DeviceException;
import org.dinovmf.tools.report.Terminal;
import org.dinovmf.training.NonFiniteLossException;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.data.DataException;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/** Turns what went wrong into one line and an exit code. */
final class Faults {

  private Faults() {}

  /** The documented code of an exception that ended a command. */
  static int exitCode(Throwable fault) {
    if (fault instanceof UncheckedIOException unchecked) {
      return exitCode(unchecked.getCause());
    }
    if (fault instanceof DataException) {
      return ExitCodes.DATA;
    }
    if (fault instanceof MissingAbilityException) { // what an encoder does not have
      return ExitCodes.ARGUMENTS;
    }
    if (fault instanceof NonFiniteLossException) {
      return ExitCodes.LOSS;
    }
    if (fault instanceof CheckpointException) {
      return ExitCodes.CHECKPOINT;
    }
    if (fault instanceof DeviceException || fault instanceof LinkageError) {
      return ExitCodes.DEVICE;
    }
    return ExitCodes.FAILURE;
  }

  /** What happened and what to do, in one line. */
  static String line(Throwable fault) {
    if (fault instanceof UncheckedIOException unchecked) {
      return line(unchecked.getCause());
    }
    if (isOutOfHeap(fault)) {
      return "the Java heap is too small; set DINO_VMF_JAVA_OPTS=-Xmx8g, say, or lower --batch-size or --threads";
    }
    if (fault instanceof TFResourceExhaustedException) {
      return "the device has too little memory for a step; halve --batch-size and double --accumulate: "
          + firstLine(fault);
    }
    if (fault instanceof LinkageError) {
      return "TensorFlow's native library cannot be loaded: " + firstLine(root(fault));
    }
    if (fault instanceof NoSuchFileException || fault instanceof FileNotFoundException) {
      return "no such file: " + firstLine(fault);
    }
    if (fault instanceof FileAlreadyExistsException) {
      return "this exists already and is left as it is: " + firstLine(fault);
    }
    if (fault instanceof AccessDeniedException) {
      return "permission denied: " + firstLine(fault);
    }
    if (fault instanceof FileSystemException file && file.getReason() != null) {
      return "%s: %s".formatted(file.getFile(), file.getReason());
    }
    String text = firstLine(fault);
    // A message of ours is a sentence; what has none of its own needs its name.
    return text.isEmpty() ? fault.getClass().getSimpleName() : text;
  }

  static void print(PrintWriter err, Throwable fault, boolean withStack) {
    err.println("dino-vmf: " + Terminal.harmless(line(fault)));
    if (withStack) {
      fault.printStackTrace(err);
    }
    err.flush();
  }

  /** Also where a thread that ran out of it was the first to know; other limits say their own. */
  private static boolean isOutOfHeap(Throwable fault) {
    for (Optional<Throwable> at = Optional.of(fault);
        at.isPresent();
        at = at.map(Throwable::getCause)) {
      if (at.get() instanceof OutOfMemoryError error) {
        String message = String.valueOf(error.getMessage());
        return !message.contains("thread");
      }
    }
    return false;
  }

  /** The first failure: a class that fails to load its library is reported by others. */
  private static Throwable root(Throwable fault) {
    return fault.getCause() == null ? fault : root(fault.getCause());
  }

  private static String firstLine(Throwable fault) {
    String message = fault.getMessage();
    return message == null ? "" : message.lines().findFirst().orElse("").strip();
  }
}
