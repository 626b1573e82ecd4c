package org.dinovmf.tools.embed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Embeddings in Arrow's file format: {@code path}, a text, and {@code embedding}, a list of as many
 * float32 as an embedding has, null where an image is bad. The schema says what made them.
 */
final class ArrowExport {

  private static final String PATH = "path";
  private static final String EMBEDDING = "embedding";

  /** Rows of a record batch: some megabytes. */
  private static final int BATCH = 2048;

  private ArrowExport() {}

  /** Returns whether every row is in the file. */
  static boolean write(FinishedRows rows, Path file) throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot batch = VectorSchemaRoot.create(schema(rows), allocator);
        FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        ArrowFileWriter writer = new ArrowFileWriter(batch, null, channel)) {
      writer.start();
      batch.setRowCount(0);
      boolean isWhole =
          rows.forEach(
              (image, embedding) -> {
                append(batch, image.path(), embedding);
                if (batch.getRowCount() == BATCH) {
                  writer.writeBatch();
                  batch.clear();
                }
              });
      if (batch.getRowCount() > 0) {
        writer.writeBatch();
      }
      writer.end();
      return isWhole;
    }
  }

  private static Schema schema(FinishedRows rows) {
    Field path = new Field(PATH, FieldType.notNullable(new ArrowType.Utf8()), List.of());
    ArrowType value = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    Field values = new Field("item", FieldType.notNullable(value), List.of());
    FieldType list = FieldType.nullable(new ArrowType.FixedSizeList(rows.dimension()));
    return new Schema(
        List.of(path, new Field(EMBEDDING, list, List.of(values))), Map.of("model", rows.source()));
  }

  private static void append(VectorSchemaRoot batch, String path, float[] embedding) {
    int row = batch.getRowCount();
    ((VarCharVector) batch.getVector(PATH)).setSafe(row, path.getBytes(StandardCharsets.UTF_8));
    FixedSizeListVector lists = (FixedSizeListVector) batch.getVector(EMBEDDING);
    Float4Vector values = (Float4Vector) lists.getDataVector();
    if (FinishedRows.isBad(embedding)) {
      lists.setNull(row);
    } else {
      lists.setNotNull(row);
    }
    for (int i = 0; i < embedding.length; i++) {
      values.setSafe(row * embedding.length + i, embedding[i]);
    }
    batch.setRowCount(row + 1);
  }
}
