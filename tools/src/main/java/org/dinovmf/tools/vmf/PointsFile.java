package org.dinovmf.tools.vmf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dinovmf.training.data.DataException;

/**
 * Reads points from comma-separated columns {@code p} and {@code kappa}; others are passed over.
 */
public final class PointsFile {

  private static final String BYTE_ORDER_MARK = "\uFEFF"; // spreadsheets write it

  private final Path file;
  private final Precision precision;
  private final int numColumns;
  private final int dimColumn;
  private final int kappaColumn;

  private PointsFile(Path file, Precision precision, List<String> header) {
    this.file = file;
    this.precision = precision;
    numColumns = header.size();
    dimColumn = column(header, "p");
    kappaColumn = column(header, "kappa");
  }

  /**
   * All points in the order of the file.
   *
   * @throws DataException if a column or a number is not as it must be
   */
  public static List<Point> read(Path file, Precision precision) throws IOException {
    if (!Files.exists(file) || Files.isDirectory(file)) {
      throw new DataException("'%s' must be a file with columns p,kappa".formatted(file));
    }
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      String header = reader.readLine();
      if (header == null) {
        throw new DataException(
            "'%s' is empty, but must begin with a line of columns such as p,kappa".formatted(file));
      }
      PointsFile points =
          new PointsFile(file, precision, split(header.replace(BYTE_ORDER_MARK, "")));
      List<Point> result = new ArrayList<>();
      int number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          result.add(points.parse(line, number));
        }
      }
      if (result.isEmpty()) {
        throw new DataException("'%s' has no point below its line of columns".formatted(file));
      }
      return result;
    }
  }

  private int column(List<String> header, String name) {
    int index = header.indexOf(name);
    if (index < 0) {
      throw fault(1, "a column '%s' must be there, but the columns are %s".formatted(name, header));
    }
    return index;
  }

  private Point parse(String line, int number) {
    List<String> fields = split(line);
    if (fields.size() != numColumns) {
      throw fault(
          number,
          "there must be %d fields as in line 1, but there are %d"
              .formatted(numColumns, fields.size()));
    }
    return new Point(dim(fields.get(dimColumn), number), kappa(fields.get(kappaColumn), number));
  }

  private int dim(String text, int number) {
    try {
      int dim = Integer.parseInt(text);
      if (dim >= 2) {
        return dim;
      }
    } catch (NumberFormatException e) {
      // the same fault as a number that is too small
    }
    throw fault(
        number,
        "p must be an integer from 2 to %d, but is '%s'".formatted(Integer.MAX_VALUE, text));
  }

  private double kappa(String text, int number) {
    double kappa;
    try {
      kappa = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw fault(number, "kappa must be a number, but is '%s'".formatted(text));
    }
    if (!(kappa >= 0 && kappa <= precision.maxKappa())) {
      throw fault(
          number,
          "kappa must be from 0 to %s in %s, but is '%s'"
              .formatted(precision.maxKappa(), precision, text));
    }
    return precision.round(kappa) + 0.0; // -0 becomes 0
  }

  private DataException fault(int line, String what) {
    return new DataException("'%s', line %d: %s".formatted(file, line, what));
  }

  private static List<String> split(String line) {
    return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
  }
}
