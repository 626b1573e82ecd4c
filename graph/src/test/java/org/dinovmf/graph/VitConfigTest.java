package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dinovmf.graph.VitConfig.Variant;
import org.dinovmf.ops.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class VitConfigTest {

  /** Counts of the published encoders; ours by hand, a block of width d being 12 d^2 + 13 d. */
  @ParameterizedTest
  @CsvSource({
    "VIT_TINY, 224, 16, 5524416, 150",
    "VIT_SMALL, 224, 16, 21665664, 150",
    "VIT_SMALL, 224, 8, 21670272, 150",
    "VIT_BASE, 224, 16, 85798656, 150",
    "VIT_LARGE, 224, 16, 303301632, 294",
    "VIT_MICRO, 32, 4, 1204608, 78",
    "VIT_NANO, 28, 7, 160704, 42"
  })
  void aVariantHasThePublishedWeights(
      Variant variant, int imageSize, int patchSize, long parameters, int tensors) {
    VitConfig config = variant.config(imageSize, patchSize, 3);
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat32> store = new WeightStore<>(fixture.tf, TFloat32.class, 0);
      new VisionTransformer<>(config, Kernels.plain(), store.under("teacher"))
          .apply(
              fixture.tf,
              fixture.tf.placeholder(
                  TFloat32.class, Placeholder.shape(Shape.of(1, imageSize, imageSize, 3))),
              DropPath.none());
      assertEquals(tensors, store.variables().size());
      assertEquals(parameters, store.variables().stream().mapToLong(v -> v.shape().size()).sum());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "VIT_TINY, 192, 12, 3",
    "VIT_SMALL, 384, 12, 6",
    "VIT_BASE, 768, 12, 12",
    "VIT_LARGE, 1024, 24, 16"
  })
  void aVariantHasThePublishedSizes(Variant variant, int embedDim, int depth, int numHeads) {
    assertEquals(
        VitConfig.plain(224, 16, embedDim, depth, numHeads, 4, 3), variant.config(224, 16, 3));
  }

  @Test
  void sizesFollow() {
    VitConfig config = Variant.VIT_SMALL.config(224, 16, 4);
    assertEquals(14, config.grid());
    assertEquals(1024, config.patchDim());
    assertEquals(64, config.headDim());
    assertEquals(1536, config.mlpDim());
    assertEquals("vit_small", Variant.VIT_SMALL.label());
  }

  @Test
  void namesEveryFaultAtOnce() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> VitConfig.plain(224, 15, 384, 0, 5, 4, 3));
    assertEquals(
        "the patch size must divide the image size: imageSize=224, patchSize=15; "
            + "numHeads must divide embedDim: embedDim=384, numHeads=5; "
            + "depth, mlpRatio and inChannels must be at least 1: depth=0, mlpRatio=4, inChannels=3",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 16, 384, 12, 6, 4, 3",
    "224, 0, 384, 12, 6, 4, 3",
    "224, 16, 0, 12, 6, 4, 3",
    "224, 16, 384, 12, 0, 4, 3",
    "224, 16, 384, 12, 6, 0, 3",
    "224, 16, 384, 12, 6, 4, 0",
    "-32, -16, 384, 12, 6, 4, 3"
  })
  void refusesSizesBelowOne(
      int imageSize, int patchSize, int dim, int depth, int heads, int mlpRatio, int channels) {
    assertThrows(
        IllegalArgumentException.class,
        () -> VitConfig.plain(imageSize, patchSize, dim, depth, heads, mlpRatio, channels));
  }

  @Test
  void theEncoderNamesTheImagesItTakes() {
    try (GraphFixture fixture = new GraphFixture()) {
      WeightStore<TFloat32> store = new WeightStore<>(fixture.tf, TFloat32.class, 0);
      var encoder =
          new VisionTransformer<>(
              Variant.VIT_NANO.config(28, 7, 3), Kernels.plain(), store.under("teacher"));
      var images =
          fixture.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 28, 30, 3)));
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> encoder.apply(fixture.tf, images, DropPath.none()));
      assertEquals(
          "images must be [batch, height, width, 3] with sides that are multiples of the patch size 7, but are [-1, 28, 30, 3]",
          e.getMessage());
    }
  }

  @Test
  void theHeadNamesItsFaults() {
    var e = assertThrows(IllegalArgumentException.class, () -> new HeadConfig(384, 2048, 1, 64));
    assertEquals(
        "a head needs inDim and hiddenDim >= 1, bottleneckDim and numPrototypes >= 2: inDim=384, hiddenDim=2048, bottleneckDim=1, numPrototypes=64",
        e.getMessage());
    assertEquals(new HeadConfig(768, 2048, 256, 65536), HeadConfig.dino(768));
  }
}
