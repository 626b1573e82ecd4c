package org.dinovmf.tools.embed;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Embeddings as text: {@code path,e0,e1,...}; NaN where an image is bad. */
final class CsvExport {

  private CsvExport() {}

  /** Returns whether every row is in the file. */
  static boolean write(FinishedRows rows, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      List<String> fields = new ArrayList<>(List.of("path"));
      for (int i = 0; i < rows.dimension(); i++) {
        fields.add("e" + i);
      }
      out.write(Csv.line(fields));
      return rows.forEach(
          (image, embedding) -> {
            fields.clear();
            fields.add(image.path());
            for (float value : embedding) {
              fields.add(Float.toString(value));
            }
            out.write(Csv.line(fields));
          });
    }
  }
}
