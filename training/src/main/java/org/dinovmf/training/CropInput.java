package org.dinovmf.training;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.graph.preprocessing.Preprocessing;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.MaskPlan;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.method.Crops;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * How batches enter the graph: as bytes, a quarter of the size of floats, which the graph scales
 * and normalizes.
 */
final class CropInput {

  private static final int GLOBAL_CROPS = MultiCropConfig.GLOBAL_CROPS;
  private static final int CHANNELS = 3;
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
  private final Optional<Placeholder<TUint8>> mask;
  private final Crops<TFloat32> crops;

  CropInput(
      Ops tf,
      MultiCropConfig config,
      Normalization normalization,
      int batchSize,
      Optional<MaskPlan> masks) {
    global = placeholder(tf, GLOBAL_CROPS * batchSize, config.global().pixels());
    local =
        config.localCrops() == 0
            ? Optional.empty()
            : Optional.of(
                placeholder(tf, config.localCrops() * batchSize, config.local().pixels()));
    mask =
        masks.map(
            plan ->
                tf.placeholder(
                    TUint8.class,
                    Placeholder.shape(Shape.of((long) GLOBAL_CROPS * batchSize, plan.patches()))));
    crops =
        new Crops<>(
            normalized(tf, global, normalization),
            local.map(bytes -> normalized(tf, bytes, normalization)),
            mask.map(bytes -> tf.dtypes.cast(bytes, TBool.class)));
  }

  private static Placeholder<TUint8> placeholder(Ops tf, int rows, int side) {
    return tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(rows, side, side, CHANNELS)));
  }

  private static Operand<TFloat32> normalized(
      Ops tf, Operand<TUint8> bytes, Normalization normalization) {
    Operand<TFloat32> pixels =
        tf.math.div(tf.dtypes.cast(bytes, TFloat32.class), tf.constant(WHITE));
    return Preprocessing.normalize(tf, pixels, normalization);
  }

  /** As the graph takes them. */
  Crops<TFloat32> crops() {
    return crops;
  }

  Feed feed(Batch batch) {
    Map<Operand<?>, Tensor> tensors = new HashMap<>();
    tensors.put(global, tensor(global, batch.global()));
    local.ifPresent(placeholder -> tensors.put(placeholder, tensor(placeholder, batch.local())));
    mask.ifPresent(placeholder -> tensors.put(placeholder, tensor(placeholder, batch.mask())));
    return new Feed(tensors);
  }

  private static TUint8 tensor(Placeholder<TUint8> placeholder, byte[] bytes) {
    return TUint8.tensorOf(placeholder.shape(), DataBuffers.of(bytes, true, false));
  }
}
