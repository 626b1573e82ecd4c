package org.dinovmf.training.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dinovmf.training.method.PrototypeKind;

/** Printed by prototypes.py. */
final class PrototypeGolden {

  private final JsonNode json;

  PrototypeGolden() throws IOException {
    try (InputStream in = PrototypeGolden.class.getResourceAsStream("/golden/prototypes.json")) {
      json = new ObjectMapper().readTree(in);
    }
  }

  JsonNode get(String name) {
    return json.get(name);
  }

  float[][] rows(String name) {
    List<float[]> rows = new ArrayList<>();
    for (JsonNode row : json.get(name)) {
      float[] values = new float[row.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) row.get(i).doubleValue();
      }
      rows.add(values);
    }
    return rows.toArray(float[][]::new);
  }

  List<float[]> embeddings() {
    return Arrays.asList(rows("embeddings"));
  }

  PrototypeMixture mixture(PrototypeKind kind) {
    String vectors = kind == PrototypeKind.UNIT ? "unit" : "free";
    return PrototypeMixture.of(rows(vectors), json.get("temperature").doubleValue(), kind);
  }

  static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }
}
