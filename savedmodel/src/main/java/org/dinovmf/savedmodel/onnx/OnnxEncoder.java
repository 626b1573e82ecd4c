package org.dinovmf.savedmodel.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.savedmodel.EncoderSpec;
import org.dinovmf.savedmodel.Signatures;
import org.dinovmf.savedmodel.onnx.OnnxGraph.Attribute;

/**
 * The layers of an encoder as an ONNX graph: pixels in 0..1 to the class token, as the signature
 * {@code from_pixels} of an exported model. A second description of what {@link
 * org.dinovmf.graph.VisionTransformer} builds, in the few operators that every runtime has.
 */
final class OnnxEncoder {

  private final EncoderSpec spec;
  private final VitConfig config;
  private final Map<String, float[]> weights;
  private final OnnxGraph graph = new OnnxGraph();

  /**
   * An encoder with its weights.
   *
   * @param weights by their names below the encoder's; the position table of the size of the crop,
   *     {@code [1 + patches, dim]}
   */
  OnnxEncoder(EncoderSpec spec, Map<String, float[]> weights) {
    this.spec = spec;
    this.config = spec.encoder();
    this.weights = weights;
  }

  byte[] model(String producer) {
    int crop = spec.transform().crop();
    int channels = config.inChannels();
    graph.input(Signatures.PIXELS, crop, crop, channels);
    String x = embed(normalized());
    for (int i = 0; i < config.depth(); i++) {
      x = block(x, "blocks/" + i + "/");
    }
    String cls =
        graph.node("Gather", List.of(x, graph.index(0)), Attribute.of("axis", 1L)); // [N, dim]
    graph.node("Identity", List.of(layerNorm(cls, "norm/")), Signatures.EMBEDDING);
    graph.output(Signatures.EMBEDDING, config.embedDim());
    return graph.model(producer);
  }

  private String normalized() {
    int channels = config.inChannels();
    String mean = graph.constant("mean", floats(spec.normalization().mean()), channels);
    String std = graph.constant("std", floats(spec.normalization().std()), channels);
    return graph.node("Div", List.of(graph.node("Sub", List.of(Signatures.PIXELS, mean)), std));
  }

  /** {@code [N, tokens, dim]}. */
  private String embed(String images) {
    int patch = config.patchSize();
    int dim = config.embedDim();
    long grid = spec.transform().crop() / patch;
    String cut = reshape(images, 0, grid, patch, grid, patch, config.inChannels());
    String sorted = graph.node("Transpose", List.of(cut), Attribute.of("perm", 0, 1, 3, 2, 4, 5));
    String flat = reshape(sorted, 0, grid * grid, config.patchDim());
    String patches = linear(flat, "patch_embed/proj/", config.patchDim(), dim);
    float[] positions = weights.get("pos_embed");
    float[] first = weights.get("cls_token").clone();
    for (int i = 0; i < dim; i++) {
      first[i] += positions[i];
    }
    float[] ofPatches = new float[positions.length - dim];
    System.arraycopy(positions, dim, ofPatches, 0, ofPatches.length);
    String placed =
        graph.node(
            "Add", List.of(patches, graph.constant("pos_embed", ofPatches, 1, grid * grid, dim)));
    List<String> tokens = new ArrayList<>();
    tokens.add(forEachImage(patches, graph.constant("cls_token", first, 1, 1, dim), 1));
    int registers = config.extras().registers();
    if (registers > 0) {
      String shared =
          graph.constant("register_tokens", weights.get("register_tokens"), 1, registers, dim);
      tokens.add(forEachImage(patches, shared, registers));
    }
    tokens.add(placed);
    return graph.node("Concat", tokens, Attribute.of("axis", 1L));
  }

  /** Repeats {@code [1, rows, dim]} to {@code [N, rows, dim]}. */
  private String forEachImage(String batched, String value, int rows) {
    String batch =
        graph.node("Shape", List.of(batched), Attribute.of("start", 0L), Attribute.of("end", 1L));
    String shape =
        graph.node(
            "Concat",
            List.of(batch, graph.integers(rows, config.embedDim())),
            Attribute.of("axis", 0L));
    return graph.node("Expand", List.of(value, shape));
  }

  private String block(String x, String prefix) {
    String attention = scaled(attention(layerNorm(x, prefix + "norm1/"), prefix), prefix + "ls1/");
    String y = graph.node("Add", List.of(x, attention));
    int dim = config.embedDim();
    int hidden = dim * config.mlpRatio();
    String inner = gelu(linear(layerNorm(y, prefix + "norm2/"), prefix + "mlp/fc1/", dim, hidden));
    String mlp = scaled(linear(inner, prefix + "mlp/fc2/", hidden, dim), prefix + "ls2/");
    return graph.node("Add", List.of(y, mlp));
  }

  private String attention(String x, String prefix) {
    int dim = config.embedDim();
    int heads = config.numHeads();
    int headDim = dim / heads;
    String qkv = linear(x, prefix + "attn/qkv/", dim, 3L * dim);
    String parts =
        graph.node(
            "Transpose",
            List.of(reshape(qkv, 0, -1, 3, heads, headDim)),
            Attribute.of("perm", 2, 0, 3, 1, 4)); // [3, N, heads, tokens, headDim]
    String q =
        graph.node("Mul", List.of(part(parts, 0), graph.scalar(1 / Math.sqrt((double) headDim))));
    String keys =
        graph.node("Transpose", List.of(part(parts, 1)), Attribute.of("perm", 0, 1, 3, 2));
    String weight =
        graph.node(
            "Softmax", List.of(graph.node("MatMul", List.of(q, keys))), Attribute.of("axis", -1L));
    String mixed = graph.node("MatMul", List.of(weight, part(parts, 2)));
    String byToken = graph.node("Transpose", List.of(mixed), Attribute.of("perm", 0, 2, 1, 3));
    return linear(reshape(byToken, 0, -1, dim), prefix + "attn/proj/", dim, dim);
  }

  private String part(String parts, int index) {
    return graph.node("Gather", List.of(parts, graph.index(index)), Attribute.of("axis", 0L));
  }

  private String scaled(String branch, String prefix) {
    if (!config.extras().hasLayerScale()) {
      return branch;
    }
    return graph.node("Mul", List.of(branch, weight(prefix + "gamma", config.embedDim())));
  }

  /** {@code x Phi(x)}; Gelu is an operator of a later set. */
  private String gelu(String x) {
    String erf =
        graph.node("Erf", List.of(graph.node("Mul", List.of(x, graph.scalar(Math.sqrt(0.5))))));
    String sum = graph.node("Add", List.of(x, graph.node("Mul", List.of(x, erf))));
    return graph.node("Mul", List.of(sum, graph.scalar(0.5)));
  }

  private String layerNorm(String x, String prefix) {
    int dim = config.embedDim();
    return graph.node(
        "LayerNormalization",
        List.of(x, weight(prefix + "weight", dim), weight(prefix + "bias", dim)),
        Attribute.of("axis", -1L),
        Attribute.of("epsilon", (float) VitConfig.LAYER_NORM_EPSILON));
  }

  private String linear(String x, String prefix, long in, long out) {
    String product = graph.node("MatMul", List.of(x, weight(prefix + "weight", in, out)));
    return graph.node("Add", List.of(product, weight(prefix + "bias", out)));
  }

  private String reshape(String x, long... shape) {
    return graph.node("Reshape", List.of(x, graph.integers(shape)));
  }

  private String weight(String name, long... shape) {
    return graph.constant(name, weights.get(name), shape);
  }

  private static float[] floats(List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }
}
