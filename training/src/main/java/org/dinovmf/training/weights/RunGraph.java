package org.dinovmf.training.weights;

import java.util.Optional;
import org.dinovmf.ops.Fusion;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.method.Crops;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** The training graph of a run, for the names and shapes of its weights. */
final class RunGraph {

  /** Global crops of each image come after one another. */
  private static final int GLOBAL_CROPS = 2;

  /** No weight depends on their number, but a term that compares images needs two. */
  private static final int IMAGES = 2;

  private RunGraph() {}

  /** The least that every method can be built for: no local crops, few images. */
  static TrainGraph<TFloat32> build(Graph graph, TrainConfig config) {
    Ops tf = Ops.create(graph);
    long side = config.crops().global().pixels();
    long channels = config.model().encoder().inChannels();
    Operand<TFloat32> images =
        tf.placeholder(
            TFloat32.class,
            Placeholder.shape(Shape.of(GLOBAL_CROPS * IMAGES, side, side, channels)));
    Optional<Operand<TBool>> mask =
        config
            .masks()
            .map(
                plan ->
                    tf.placeholder(
                        TBool.class,
                        Placeholder.shape(Shape.of(GLOBAL_CROPS * IMAGES, plan.patches()))));
    return new TrainGraph<>(
        graph,
        TFloat32.class,
        config.model(),
        config.optimizer(),
        new BatchConfig(IMAGES, 1, false),
        config.seed(),
        new Crops<>(images, Optional.empty(), mask),
        Fusion.BY_TENSORFLOW);
  }
}
