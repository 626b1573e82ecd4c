package org.dinovmf.savedmodel.onnx;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.EncoderWeights;

/**
 * Writes the encoder of a checkpoint as an ONNX file, for runtimes that read no SavedModel.
 *
 * <p>The file is written from the layers and not converted from a graph of TensorFlow: it holds
 * fifteen kinds of operators, which every runtime has, and no converter has to be of the right age.
 */
public final class OnnxExporter {

  private static final String PRODUCER = "dino-vmf";

  private OnnxExporter() {}

  /**
   * Writes {@code pixels [N, crop, crop, channels]} in 0..1, mean and deviation not taken out, to
   * {@code embedding [N, dim]}: the values of the signature {@code from_pixels}.
   *
   * @param file to write; it is not there, and is only when it is whole
   * @throws IOException if the checkpoint cannot be used or the file cannot be written
   */
  public static void export(CheckpointSource source, Path file) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Map<String, float[]> weights = EncoderWeights.read(source);
    byte[] model = new OnnxEncoder(source.spec(), weights).model(PRODUCER);
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    // Not a temporary file of the library's, which others could not read.
    Path aside =
        folder.resolve("%s.%d.tmp".formatted(file.getFileName(), ProcessHandle.current().pid()));
    try {
      Files.write(aside, model);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
