package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.checkpoint.CheckpointException;

/**
 * An open file of weights, told by its content: safetensors, or what {@code torch.save} writes.
 * Tensors are read from the file when they are asked for.
 */
public final class WeightFile implements AutoCloseable {

  private final FileChannel channel;
  private final TensorTable table;

  private WeightFile(FileChannel channel, TensorTable table) {
    this.channel = channel;
    this.table = table;
  }

  /**
   * Opens a file.
   *
   * @throws CheckpointException if it is none of these, damaged, or asks for what is not data
   */
  public static WeightFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new WeightFile(channel, read(ByteSource.of(channel)));
    } catch (FormatException e) {
      channel.close();
      throw new CheckpointException("'%s' cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What a file holds; its tensors are checked, but not read. */
  static TensorTable read(ByteSource source) throws IOException {
    if (ZipDirectory.isZip(source)) {
      return TorchFile.readZip(source);
    }
    return TorchFile.isPickle(source)
        ? TorchFile.readLegacy(source)
        : SafetensorsReader.read(source);
  }

  /**
   * Tensors by name, in one or more tables, such as {@code student} and {@code teacher}; the file's
   * outermost table has the name "".
   */
  public Map<String, Map<String, StoredTensor>> groups() {
    return table.groups();
  }

  /** Names of what is no table of tensors, such as {@code epoch}. */
  public List<String> others() {
    return table.others();
  }

  /** Words that the file has about itself. */
  public Map<String, String> metadata() {
    return table.metadata();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
