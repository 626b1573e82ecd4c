package org.dinovmf.tools.vmf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.ops.VonMisesFisherMath;

/**
 * The values at each point, in the order of the points.
 *
 * @param columns names of the values
 * @param rows one array for each point, with a value for each column
 */
public record VmfValues(List<String> columns, List<double[]> rows) {

  /** What every precision gives. */
  static final List<String> COLUMNS =
      List.of("log_norm", "log_norm_diff", "ratio", "ratio_derivative");

  /** In plain Java. */
  public static VmfValues inJava(List<Point> points) {
    Map<Integer, VonMisesFisherMath> byDim = new HashMap<>();
    List<double[]> rows = new ArrayList<>();
    for (Point point : points) {
      VonMisesFisherMath vmf = byDim.computeIfAbsent(point.dim(), VonMisesFisherMath::of);
      rows.add(
          new double[] {
            vmf.logNormalizer(point.kappa()),
            vmf.relativeLogNormalizer(point.kappa()),
            vmf.meanResultantLength(point.kappa()),
            vmf.meanResultantLengthSlope(point.kappa())
          });
    }
    return new VmfValues(COLUMNS, rows);
  }

  /** Lines of comma-separated values that parse to the very numbers, below a line of columns. */
  public List<String> lines(List<Point> points) {
    List<String> lines = new ArrayList<>();
    lines.add("p,kappa," + String.join(",", columns));
    for (int i = 0; i < points.size(); i++) {
      StringBuilder line = new StringBuilder();
      line.append(points.get(i).dim()).append(',').append(points.get(i).kappa());
      for (double value : rows.get(i)) {
        line.append(',').append(value + 0.0); // -0 becomes 0
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
