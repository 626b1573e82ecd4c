package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dinovmf.ops.Golden;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

/** Registers, LayerScale and the rules for the position table; see golden/vit_extras.py. */
class VitExtrasGoldenTest {

  private static final Golden GOLDEN =
      Golden.of(VitExtrasGoldenTest.class, "/golden/vit-extras.safetensors");
  private static final int CHANNELS = 3;
  private static final double TOLERANCE = 1e-10;

  private final Map<String, Operand<TFloat64>> weights = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tokensAndGradientsMatchPyTorch(boolean declaredGradients) {
    Kernels kernels = declaredGradients ? Kernels.training() : Kernels.plain();
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> total = null;
      for (String size : List.of("square", "small", "oblong")) {
        Operand<TFloat64> images =
            fixture.tf.linalg.transpose(
                GOLDEN.constant(fixture.tf, size + ".images", TFloat64.class),
                fixture.tf.array(0, 2, 3, 1));
        for (PositionRule rule : PositionRule.values()) {
          String key = size + "." + rule;
          Operand<TFloat64> tokens =
              new VisionTransformer<>(config(rule), kernels, golden(fixture).below("backbone"))
                  .apply(fixture.tf, images, DropPath.none())
                  .all();
          assertArrayEquals(GOLDEN.values(key + ".tokens"), fixture.run(tokens), TOLERANCE, key);
          Operand<TFloat64> part =
              fixture.tf.reduceSum(
                  fixture.tf.math.mul(
                      tokens, GOLDEN.constant(fixture.tf, key + ".cotangent", TFloat64.class)),
                  fixture.tf.array(0, 1, 2));
          total = total == null ? part : fixture.tf.math.add(total, part);
        }
      }
      List<String> names = new ArrayList<>(weights.keySet());
      Output<?>[] inputs =
          names.stream().map(name -> weights.get(name).asOutput()).toArray(Output<?>[]::new);
      Output<?>[] gradients = fixture.graph.addGradients(total.asOutput(), inputs);
      List<double[]> values = fixture.runAll(gradients);
      for (int i = 0; i < gradients.length; i++) {
        String name = names.get(i);
        double[] found =
            PublishedNames.toPublished(name, values.get(i), shapes.get(name), CHANNELS);
        assertArrayEquals(
            GOLDEN.values("grad." + PublishedNames.of(name)), found, 10 * TOLERANCE, name);
      }
    }
  }

  @Test
  void everyWeightHasAPublishedName() {
    try (GraphFixture fixture = new GraphFixture()) {
      Operand<TFloat64> images = fixture.constant(Shape.of(1, 12, 12, 3), k -> 0);
      new VisionTransformer<>(
              config(PositionRule.PLAIN), Kernels.plain(), golden(fixture).below("backbone"))
          .apply(fixture.tf, images, DropPath.none());
      Set<String> ours = new TreeSet<>();
      weights.keySet().forEach(name -> ours.add("param." + PublishedNames.of(name)));
      Set<String> published = new TreeSet<>(GOLDEN.names());
      published.removeIf(name -> !name.startsWith("param."));
      assertEquals(published, ours);
    }
  }

  @Test
  void refusesANegativeNumberOfRegisters() {
    IllegalArgumentException fault =
        assertThrows(
            IllegalArgumentException.class, () -> new VitExtras(-1, false, PositionRule.OFFSET));
    assertEquals("registers must be at least 0 but is -1", fault.getMessage());
  }

  private static VitConfig config(PositionRule rule) {
    JsonNode config = GOLDEN.metadata("config");
    return new VitConfig(
        config.get("image").asInt(),
        config.get("patch").asInt(),
        config.get("dim").asInt(),
        config.get("depth").asInt(),
        config.get("heads").asInt(),
        4,
        CHANNELS,
        new VitExtras(config.get("registers").asInt(), true, rule));
  }

  private Weights<TFloat64> golden(GraphFixture fixture) {
    return (name, shape, initializer) ->
        weights.computeIfAbsent(
            name,
            n -> {
              double[] published = GOLDEN.values("param." + PublishedNames.of(n));
              double[] ours = PublishedNames.fromPublished(n, published, shape, CHANNELS);
              shapes.put(n, shape);
              return fixture.constant(shape, k -> ours[k]);
            });
  }
}
