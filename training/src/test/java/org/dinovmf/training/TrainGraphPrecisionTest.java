package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.method.Crops;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/** The sizes of the network all differ, so that a product is known by the shape of its result. */
class TrainGraphPrecisionTest {

  private static final int WIDTH = 8;
  private static final int PROTOTYPES = 11;
  private static final int BOTTLENECK = 6;

  @Test
  void productsOfLayersFollowThePrecisionInBothDirections() {
    Shape weightOfQkv = Shape.of(WIDTH, 3 * WIDTH);
    try (Graph graph = graph(Precision.BFLOAT16)) {
      List<Output<?>> products = products(graph);
      assertEquals(Set.of(TBfloat16.class), types(products, 1, 3 * WIDTH), "qkv");
      List<Output<?>> gradients =
          products.stream().filter(product -> product.shape().equals(weightOfQkv)).toList();
      assertTrue(!gradients.isEmpty(), "gradients of the weight of qkv");
      assertEquals(Set.of(TBfloat16.class), types(gradients, 1, 3 * WIDTH));
    }
    try (Graph graph = graph(Precision.FLOAT32)) {
      Set<Class<?>> types = products(graph).stream().map(Output::type).collect(Collectors.toSet());
      assertEquals(Set.of(TFloat32.class), types);
    }
  }

  @Test
  void scoresOfPrototypesAndTheirGradientsStayFloat32() {
    try (Graph graph = graph(Precision.BFLOAT16)) {
      List<Output<?>> products = products(graph);
      assertEquals(Set.of(TFloat32.class), types(products, 1, PROTOTYPES), "scores");
      List<Output<?>> gradients =
          products.stream()
              .filter(product -> product.shape().equals(Shape.of(PROTOTYPES, BOTTLENECK)))
              .toList();
      assertEquals(Set.of(TFloat32.class), types(gradients, 1, BOTTLENECK), "prototypes");
    }
  }

  private static Set<Class<?>> types(List<Output<?>> products, int dimension, long size) {
    return products.stream()
        .filter(product -> product.shape().get(dimension) == size)
        .map(Output::type)
        .collect(Collectors.toSet());
  }

  private static List<Output<?>> products(Graph graph) {
    List<Output<?>> products = new ArrayList<>();
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      GraphOperation operation = all.next();
      if (operation.type().equals("MatMul")) {
        products.add(operation.output(0));
      }
    }
    return products;
  }

  private static Graph graph(Precision precision) {
    Graph graph = new Graph();
    Ops tf = Ops.create(graph);
    new TrainGraph<>(
        graph,
        TFloat32.class,
        new ModelConfig(
            Method.dino(),
            VitConfig.plain(8, 4, WIDTH, 1, 2, 2, 3),
            new HeadConfig(WIDTH, 12, BOTTLENECK, PROTOTYPES),
            0,
            precision),
        AdamWConfig.dino(),
        new BatchConfig(2, 1, false),
        1,
        new Crops<>(images(tf, 4, 8), Optional.of(images(tf, 4, 4)), Optional.empty()),
        Fusion.BY_TENSORFLOW);
    return graph;
  }

  private static Operand<TFloat32> images(Ops tf, int rows, int side) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(rows, side, side, 3)));
  }
}
