package org.dinovmf.tools.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Precision;
import org.dinovmf.tools.config.Presets;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.method.Crops;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** By hand, since only the CUDA build of TensorFlow knows kernels of GPUs; no GPU is needed. */
@EnabledIfSystemProperty(named = "gpu.kernels", matches = "true")
class GpuKernelsTest {

  private static final int IMAGES = 2;

  private final KernelRegistry registry = new KernelRegistry();

  /** All of the step but the reading of bytes, on which the registry is asked for nothing. */
  @Test
  void everyOpOfEveryPresetHasAKernel() {
    Set<String> missing = new TreeSet<>();
    Set<String> ops = new TreeSet<>();
    for (String preset : Presets.names()) {
      for (Precision precision : Precision.values()) {
        for (NodeDef node : nodes(preset, precision)) {
          ops.add(node.getOp());
          if (!registry.has(node, "GPU")) {
            missing.add(described(node));
          }
        }
      }
    }
    assertTrue(ops.size() > 50, ops.toString());
    assertEquals(Set.of(), missing);
  }

  /** It must be possible to fail. */
  @Test
  void tellsWhatHasNone() {
    NodeDef decode = NodeDef.newBuilder().setOp("DecodeJpeg").build();
    assertTrue(registry.has(decode, "CPU"));
    assertFalse(registry.has(decode, "GPU"));
    NodeDef product =
        NodeDef.newBuilder()
            .setOp("MatMul")
            .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_INT32).build())
            .build();
    assertTrue(registry.has(product, "CPU"));
    assertFalse(registry.has(product, "GPU"));
  }

  private static List<NodeDef> nodes(String preset, Precision precision) {
    Request request =
        new Request(
            Map.of(Settings.PRECISION.key(), List.of(precision.label())),
            Optional.empty(),
            Optional.of(preset));
    TrainConfig config =
        Resolver.resolve(request, Optional.empty(), Optional.empty())
            .withStatistics(Normalization.imageNet(), 1)
            .trainConfig();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      MultiCropConfig crops = config.crops();
      Optional<Operand<TFloat32>> local =
          crops.localCrops() == 0
              ? Optional.empty()
              : Optional.of(images(tf, crops.localCrops() * IMAGES, crops.local().pixels()));
      Optional<Operand<TBool>> mask =
          config
              .masks()
              .map(
                  plan ->
                      tf.placeholder(
                          TBool.class, Placeholder.shape(Shape.of(2L * IMAGES, plan.patches()))));
      new TrainGraph<>(
          graph,
          TFloat32.class,
          config.model(),
          config.optimizer(),
          new BatchConfig(
              IMAGES, config.batch().accumulate(), config.batch().checkpointsActivations()),
          config.seed(),
          new Crops<>(images(tf, 2 * IMAGES, crops.global().pixels()), local, mask),
          Fusion.BY_TENSORFLOW);
      return graph.toGraphDef().getNodeList();
    }
  }

  private static Operand<TFloat32> images(Ops tf, int rows, int side) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(rows, side, side, 3)));
  }

  private static String described(NodeDef node) {
    Set<String> types = new TreeSet<>();
    node.getAttrMap()
        .forEach(
            (name, value) -> {
              if (value.getType() != DataType.DT_INVALID) {
                types.add(name + "=" + value.getType());
              }
            });
    return node.getOp() + types;
  }
}
