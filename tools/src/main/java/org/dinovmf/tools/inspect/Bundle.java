package org.dinovmf.tools.inspect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.dinovmf.tools.inspect.Inspection.Tensor;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The tensors of a TensorFlow checkpoint, whose data are compared with their checksums.
 *
 * @param flags names of tensors whose data are missing or damaged
 */
record Bundle(List<Tensor> tensors, List<String> flags) {

  private static final int CHUNK = 1 << 20;

  /** Reads a checkpoint by its path without {@code .index}. */
  static Bundle read(Path prefix) throws IOException {
    Map<String, BundleEntryProto> entries = BundleIndex.read(Path.of(prefix + ".index"));
    List<Tensor> tensors = new ArrayList<>();
    List<String> flags = new ArrayList<>();
    int shards =
        1 + entries.values().stream().mapToInt(BundleEntryProto::getShardId).max().orElse(0);
    for (Map.Entry<String, BundleEntryProto> named : entries.entrySet()) {
      BundleEntryProto entry = named.getValue();
      tensors.add(
          new Tensor(
              named.getKey(), type(entry.getDtype()), sizes(entry.getShape()), entry.getSize()));
      // The sum of strings leaves out their lengths, and a tensor in slices has none.
      if (entry.getDtype() != DataType.DT_STRING && entry.getSlicesCount() == 0) {
        Path shard = Path.of("%s.data-%05d-of-%05d".formatted(prefix, entry.getShardId(), shards));
        if (!isSound(shard, entry)) {
          flags.add(
              "the data of '%s' are missing or damaged in '%s'"
                  .formatted(named.getKey(), shard.getFileName()));
        }
      }
    }
    return new Bundle(tensors, flags);
  }

  private static boolean isSound(Path shard, BundleEntryProto entry) throws IOException {
    if (!Files.isRegularFile(shard)) {
      return false;
    }
    CRC32C crc = new CRC32C();
    try (FileChannel channel = FileChannel.open(shard)) {
      long left = entry.getSize();
      if (entry.getOffset() < 0 || left < 0 || entry.getOffset() > channel.size() - left) {
        return false;
      }
      channel.position(entry.getOffset());
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
      while (left > 0) {
        chunk.clear().limit((int) Math.min(CHUNK, left));
        int read = channel.read(chunk);
        if (read < 0) {
          return false;
        }
        crc.update(chunk.flip());
        left -= read;
      }
    }
    return BundleIndex.masked((int) crc.getValue()) == entry.getCrc32C();
  }

  /** {@code float}, as TensorFlow names its types. */
  static String type(DataType type) {
    return type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT);
  }

  static List<Long> sizes(TensorShapeProto shape) {
    return shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
  }
}
