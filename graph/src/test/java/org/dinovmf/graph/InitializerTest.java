package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class InitializerTest {

  private static final VitConfig VIT =
      new VitConfig(12, 6, 8, 1, 2, 4, 3, new VitExtras(1, true, PositionRule.PLAIN));
  private static final HeadConfig HEAD = new HeadConfig(8, 16, 4, 5);

  /** What the published code sets, and PyTorch's default where it sets nothing. */
  @Test
  void weightsStartAsInThePublishedCode() {
    Initializer patches = new Initializer.Uniform(1 / Math.sqrt(6 * 6 * 3));
    Map<String, Initializer> expected = new TreeMap<>();
    started()
        .forEach(
            (name, start) ->
                expected.put(
                    name,
                    switch (name) {
                      case "patch_embed/proj/weight", "patch_embed/proj/bias" -> patches;
                      case "prototypes/direction" -> new Initializer.Uniform(0.5);
                      case "prototypes/norm" -> new Initializer.Constant(1);
                      case "cls_token", "pos_embed", "register_tokens" ->
                          new Initializer.Normal(0.02);
                      case "mask_token" -> new Initializer.Constant(0);
                      default -> usual(name);
                    }));
    assertEquals(expected, started());
    assertEquals(8 + 14 + 8, expected.size());
  }

  private static Initializer usual(String name) {
    if (name.contains("norm") && name.endsWith("/weight")) {
      return new Initializer.Constant(1);
    }
    if (name.endsWith("/gamma")) {
      return new Initializer.Constant(1e-5);
    }
    return name.endsWith("/bias") ? new Initializer.Constant(0) : new Initializer.Normal(0.02);
  }

  private static Map<String, Initializer> started() {
    Map<String, Initializer> starts = new TreeMap<>();
    try (GraphFixture fixture = new GraphFixture()) {
      Weights<TFloat64> weights =
          (name, shape, initializer) -> {
            starts.put(name, initializer);
            return fixture.constant(shape, k -> 1);
          };
      var mask = fixture.tf.constant(new boolean[][] {{true, false, false, true}});
      var images = fixture.constant(Shape.of(1, 12, 12, 3), k -> 0);
      Tokens<TFloat64> tokens =
          new VisionTransformer<>(VIT, Kernels.plain(), weights)
              .apply(fixture.tf, images, Optional.of(mask), DropPath.none());
      new ProjectionHead<>(HEAD, Kernels.plain(), weights).apply(fixture.tf, tokens.cls());
      new Prototypes.Free().vectors(fixture.tf, weights, HEAD);
    }
    return starts;
  }
}
