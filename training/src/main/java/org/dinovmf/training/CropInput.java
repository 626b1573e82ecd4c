package org.dinovmf.training;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.graph.preprocessing.Preprocessing;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.MultiCropConfig;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * How batches enter the graph: as bytes, a quarter of the size of floats, which the graph scales
 * and normalizes.
 */
final class CropInput {

  private static final float WHITE = 255f;

  /** The tensors of one batch, open until closed. */
  record Feed(Map<Operand<?>, Tensor> tensors) implements AutoCloseable {
    @Override
    public void close() {
      tensors.values().forEach(Tensor::close);
    }
  }

  private final Placeholder<TUint8> global;
  private final Optional<Placeholder<TUint8>> local;
  private final Operand<TFloat32> globalCrops;
  private final Optional<Operand<TFloat32>> localCrops;

  CropInput(Ops tf, MultiCropConfig crops, Normalization normalization, int batchSize) {
    int channels = normalization.channels();
    global =
        placeholder(
            tf, MultiCropConfig.GLOBAL_CROPS * batchSize, crops.global().pixels(), channels);
    globalCrops = normalized(tf, global, normalization);
    local =
        crops.localCrops() == 0
            ? Optional.empty()
            : Optional.of(
                placeholder(tf, crops.localCrops() * batchSize, crops.local().pixels(), channels));
    localCrops = local.map(bytes -> normalized(tf, bytes, normalization));
  }

  private static Placeholder<TUint8> placeholder(Ops tf, int rows, int side, int channels) {
    return tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(rows, side, side, channels)));
  }

  private static Operand<TFloat32> normalized(
      Ops tf, Operand<TUint8> bytes, Normalization normalization) {
    Operand<TFloat32> pixels =
        tf.math.div(tf.dtypes.cast(bytes, TFloat32.class), tf.constant(WHITE));
    return Preprocessing.normalize(tf, pixels, normalization);
  }

  /** {@code [2 * batch, side, side, channels]}, normalized. */
  Operand<TFloat32> globalCrops() {
    return globalCrops;
  }

  /**
   * {@code [local crops * batch, side, side, channels]}, normalized; where there are local crops.
   */
  Optional<Operand<TFloat32>> localCrops() {
    return localCrops;
  }

  Feed feed(Batch batch) {
    Map<Operand<?>, Tensor> tensors = new HashMap<>();
    tensors.put(global, tensor(global, batch.global()));
    local.ifPresent(placeholder -> tensors.put(placeholder, tensor(placeholder, batch.local())));
    return new Feed(tensors);
  }

  private static TUint8 tensor(Placeholder<TUint8> placeholder, byte[] bytes) {
    return TUint8.tensorOf(placeholder.shape(), DataBuffers.of(bytes, true, false));
  }
}
