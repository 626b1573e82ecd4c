package org.dinovmf.training.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Cases of eval_protocols.json, with the values of scikit-learn and SciPy. */
public final class EvalGolden {

  private EvalGolden() {}

  /** The cases of one kind, such as {@code ranking}. */
  public static List<JsonNode> cases(String kind) {
    try (InputStream in = EvalGolden.class.getResourceAsStream("/golden/eval_protocols.json")) {
      List<JsonNode> cases = new ArrayList<>();
      new ObjectMapper().readTree(in).required(kind).forEach(cases::add);
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }

  public static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }

  public static double[][] matrix(JsonNode array) {
    double[][] rows = new double[array.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = doubles(array.get(i));
    }
    return rows;
  }
}
