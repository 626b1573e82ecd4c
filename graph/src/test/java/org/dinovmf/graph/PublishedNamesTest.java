package org.dinovmf.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

class PublishedNamesTest {

  private static final int CHANNELS = 3;

  @ParameterizedTest
  @CsvSource({
    "backbone/cls_token, backbone.cls_token",
    "backbone/pos_embed, backbone.pos_embed",
    "backbone/patch_embed/proj/weight, backbone.patch_embed.proj.weight",
    "backbone/blocks/11/attn/qkv/bias, backbone.blocks.11.attn.qkv.bias",
    "backbone/blocks/0/mlp/fc1/weight, backbone.blocks.0.mlp.fc1.weight",
    "backbone/norm/weight, backbone.norm.weight",
    "head/mlp/0/weight, head.mlp.0.weight",
    "head/mlp/1/bias, head.mlp.2.bias",
    "head/mlp/2/weight, head.mlp.4.weight",
    "head/prototypes/direction, head.last_layer.weight_v",
    "head/prototypes/norm, head.last_layer.weight_g",
    "head/patch_prototypes/direction, head.last_layer2.weight_v",
    "head/patch_prototypes/norm, head.last_layer2.weight_g",
    "backbone/mask_token, backbone.masked_embed"
  })
  void namesArePublishedOnes(String ours, String published) {
    assertEquals(published, PublishedNames.of(ours));
  }

  @Test
  void aLinearWeightIsTransposed() {
    double[] outByIn = {0, 1, 2, 3, 4, 5}; // [2, 3]
    double[] inByOut = {0, 3, 1, 4, 2, 5}; // [3, 2]
    Shape shape = Shape.of(3, 2);
    String name = "backbone/blocks/0/attn/proj/weight";
    assertArrayEquals(inByOut, PublishedNames.fromPublished(name, outByIn, shape, CHANNELS));
    assertArrayEquals(outByIn, PublishedNames.toPublished(name, inByOut, shape, CHANNELS));
  }

  /** Theirs is {@code [out, channel, row, column]}, ours {@code [(row, column, channel), out]}. */
  @Test
  void thePatchWeightIsAFlattenedConvolution() {
    int out = 5;
    int patch = 2;
    double[] theirs = new double[out * CHANNELS * patch * patch];
    double[] expected = new double[theirs.length];
    for (int o = 0; o < out; o++) {
      for (int c = 0; c < CHANNELS; c++) {
        for (int pixel = 0; pixel < patch * patch; pixel++) {
          double value = 100 * o + 10 * c + pixel;
          theirs[(o * CHANNELS + c) * patch * patch + pixel] = value;
          expected[(pixel * CHANNELS + c) * out + o] = value;
        }
      }
    }
    Shape shape = Shape.of((long) patch * patch * CHANNELS, out);
    String name = "backbone/patch_embed/proj/weight";
    assertArrayEquals(expected, PublishedNames.fromPublished(name, theirs, shape, CHANNELS));
    assertArrayEquals(theirs, PublishedNames.toPublished(name, expected, shape, CHANNELS));
  }

  @ParameterizedTest
  @CsvSource({
    "backbone/cls_token, 1, 1, 12",
    "backbone/pos_embed, 1, 3, 4",
    "backbone/norm/weight, 12, 1, 1",
    "head/prototypes/direction, 3, 4, 1",
    "head/prototypes/norm, 12, 1, 1"
  })
  void everythingElseKeepsItsLayout(String name, long first, long second, long third) {
    double[] values = IntStream.range(0, 12).asDoubleStream().toArray();
    Shape shape = name.equals("backbone/norm/weight") ? Shape.of(12) : shape(first, second, third);
    assertArrayEquals(values, PublishedNames.fromPublished(name, values, shape, CHANNELS));
    assertArrayEquals(values, PublishedNames.toPublished(name, values, shape, CHANNELS));
  }

  private static Shape shape(long first, long second, long third) {
    return third == 1 ? Shape.of(first, second) : Shape.of(first, second, third);
  }
}
