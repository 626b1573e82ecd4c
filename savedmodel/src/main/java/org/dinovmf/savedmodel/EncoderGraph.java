package org.dinovmf.savedmodel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.graph.Weights;
import org.dinovmf.graph.preprocessing.BatchDecode;
import org.dinovmf.graph.preprocessing.Preprocessing;
import org.dinovmf.ops.Kernels;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The graph of an exported encoder: two signatures over one set of weights, and the ops that save
 * and restore these.
 *
 * @param variables every weight, named as in the checkpoint
 */
record EncoderGraph(
    Endpoint servingDefault, Endpoint fromPixels, List<Variable<TFloat32>> variables, Saver saver) {

  /** A way in and the way out that belongs to it. */
  record Endpoint(String key, String inputName, Operand<?> input, Operand<TFloat32> embedding) {

    SignatureDef signature() {
      // Through the library's own class, which knows the element types' numbers.
      Signature signature =
          Signature.builder()
              .input(inputName, input)
              .output(Signatures.EMBEDDING, embedding)
              .build();
      return SignatureDef.newBuilder()
          .setMethodName(Signatures.METHOD)
          .putInputs(inputName, info(signature.getInputs().get(inputName)))
          .putOutputs(Signatures.EMBEDDING, info(signature.getOutputs().get(Signatures.EMBEDDING)))
          .build();
    }

    private static TensorInfo info(Signature.TensorDescription tensor) {
      TensorInfo.Builder info = TensorInfo.newBuilder();
      info.setName(tensor.name).setDtype(tensor.dataType);
      for (long size : tensor.shape.asArray()) {
        info.getTensorShapeBuilder().addDimBuilder().setSize(size);
      }
      return info.build();
    }
  }

  /**
   * Builds the graph; the weights have no values until a restore.
   *
   * @param weightPrefix where the checkpoint has the encoder, such as {@code teacher/backbone}
   */
  static EncoderGraph build(Graph graph, EncoderSpec spec, String weightPrefix) {
    Ops tf = Ops.create(graph);
    // The seed is of no effect: every start is replaced by the checkpoint's value and left out of
    // the exported graph.
    WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, 0);
    Weights<TFloat32> weights = store.under(weightPrefix);
    int crop = spec.transform().crop();

    Placeholder<TFloat32> pixels =
        tf.withName(Signatures.PIXELS)
            .placeholder(
                TFloat32.class,
                Placeholder.shape(
                    Shape.of(Shape.UNKNOWN_SIZE, crop, crop, spec.channels().count())));
    Operand<TFloat32> fromPixels =
        tf.withName("embedding_from_pixels")
            .identity(embed(tf.withSubScope("pixels_encoder"), spec, weights, pixels));

    Placeholder<TString> bytes =
        tf.withName(Signatures.IMAGE_BYTES)
            .placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    BatchDecode decoded =
        BatchDecode.of(tf.withSubScope("decode"), bytes, spec.transform(), spec.channels());
    Operand<TFloat32> fromBytes =
        embed(tf.withSubScope("image_encoder"), spec, weights, decoded.pixels());
    Operand<TBool> rowIsValid = tf.expandDims(decoded.valid(), tf.constant(-1)); // [batch, 1]
    Operand<TFloat32> marked =
        tf.withName(Signatures.EMBEDDING).select(rowIsValid, fromBytes, tf.constant(Float.NaN));

    return new EncoderGraph(
        new Endpoint(Signatures.SERVING_DEFAULT, Signatures.IMAGE_BYTES, bytes, marked),
        new Endpoint(Signatures.FROM_PIXELS, Signatures.PIXELS, pixels, fromPixels),
        store.variables(),
        Saver.of(tf, store.variables()));
  }

  List<Endpoint> endpoints() {
    return List.of(servingDefault, fromPixels);
  }

  /**
   * The part of the graph that the signatures and the saver need. What else the graph holds, above
   * all the random starts of the weights, is of no use to a server.
   */
  GraphDef pruned(GraphDef whole) {
    Map<String, NodeDef> nodes = new HashMap<>();
    whole.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Deque<String> open = new ArrayDeque<>(List.of(Saver.SAVE, Saver.RESTORE));
    endpoints().forEach(endpoint -> open.add(endpoint.embedding().op().name()));
    Set<String> kept = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.pop();
      if (kept.add(name)) {
        nodes.get(name).getInputList().forEach(input -> open.add(nodeName(input)));
      }
    }
    GraphDef.Builder result = whole.toBuilder().clearNode();
    whole.getNodeList().stream()
        .filter(node -> kept.contains(node.getName()))
        .forEach(result::addNode);
    return result.build();
  }

  private static Operand<TFloat32> embed(
      Ops tf, EncoderSpec spec, Weights<TFloat32> weights, Operand<TFloat32> pixels) {
    Operand<TFloat32> images = Preprocessing.normalize(tf, pixels, spec.normalization());
    return new VisionTransformer<>(spec.encoder(), Kernels.plain(), weights)
        .apply(tf, images, DropPath.none())
        .cls();
  }

  /** {@code ^node} is a control input, {@code node:1} another output than the first. */
  private static String nodeName(String input) {
    String name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
