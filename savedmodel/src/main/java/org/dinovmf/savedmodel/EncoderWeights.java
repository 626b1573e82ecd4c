package org.dinovmf.savedmodel;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** The weights of an encoder as arrays, for forms that are no graph of TensorFlow. */
public final class EncoderWeights {

  private static final String POSITIONS = "pos_embed";

  private static final int ALL_CORES = 0;

  private EncoderWeights() {}

  /**
   * Reads the weights of a checkpoint. The position table comes resized to the grid of the crop.
   *
   * @return row-major values by the names below the encoder's, such as {@code
   *     blocks/0/attn/qkv/bias}
   * @throws IOException if the checkpoint cannot be read, lacks a weight or has it in another shape
   */
  public static Map<String, float[]> read(CheckpointSource source) throws IOException {
    CheckpointSource encoder =
        CheckpointSource.of(source.spec(), source.checkpoint(), source.weights());
    try (EncoderSession session =
        EncoderSession.restore(encoder, ExportConfig.unexported(), ALL_CORES)) {
      Map<String, float[]> weights = new HashMap<>();
      for (Variable<TFloat32> variable : session.encoder().trained()) {
        weights.put(
            variable.name().substring(source.weights().length() + 1),
            values(session.session(), variable));
      }
      weights.computeIfPresent(POSITIONS, (name, table) -> resized(source.spec(), table));
      return weights;
    }
  }

  /** How many weights an encoder has, its position table resized to the grid of the crop. */
  public static long count(CheckpointSource source) {
    CheckpointSource encoder =
        CheckpointSource.of(source.spec(), source.checkpoint(), source.weights());
    try (Graph graph = new Graph()) {
      long count = 0;
      for (Variable<TFloat32> variable :
          EncoderGraph.build(graph, encoder, ExportConfig.unexported()).trained()) {
        count += variable.shape().size();
      }
      VitConfig config = source.spec().encoder();
      int side = config.grid();
      int grid = source.spec().transform().crop() / config.patchSize();
      return count + ((long) grid * grid - (long) side * side) * config.embedDim();
    }
  }

  private static float[] values(Session session, Variable<TFloat32> variable) {
    try (Result result = session.runner().fetch(variable.value()).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.copyTo(DataBuffers.of(values, false, false));
      return values;
    }
  }

  /** {@code [1 + side * side, dim]} to {@code [1 + grid * grid, dim]}. */
  private static float[] resized(EncoderSpec spec, float[] table) {
    VitConfig config = spec.encoder();
    int side = config.grid();
    int grid = spec.transform().crop() / config.patchSize();
    if (grid == side) {
      return table;
    }
    int dim = config.embedDim();
    double[][] rule = config.extras().positions().weights(side, grid);
    FloatBuffer result = FloatBuffer.allocate((1 + grid * grid) * dim);
    result.put(table, 0, dim);
    for (int row = 0; row < grid; row++) {
      for (int column = 0; column < grid; column++) {
        for (int d = 0; d < dim; d++) {
          double sum = 0;
          for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
              sum += rule[row][y] * rule[column][x] * table[(1 + y * side + x) * dim + d];
            }
          }
          result.put((float) sum);
        }
      }
    }
    return result.array();
  }
}
