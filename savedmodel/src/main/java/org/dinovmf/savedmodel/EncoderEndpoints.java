package org.dinovmf.savedmodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.TokensInDetail;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.Weights;
import org.dinovmf.graph.preprocessing.BatchDecode;
import org.dinovmf.graph.preprocessing.Preprocessing;
import org.dinovmf.graph.preprocessing.RotationTag;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** The endpoints that need no head. Those of float pixels share one copy of the encoder. */
final class EncoderEndpoints {

  /** The largest value of a pixel of 8 bits. */
  private static final double WHITE = 255;

  private final Ops tf;
  private final EncoderSpec spec;
  private final VisionTransformer<TFloat32> encoder;
  private final Placeholder<TFloat32> pixels;
  private final TokensInDetail<TFloat32> detail;
  private final Shape pixelShape;

  EncoderEndpoints(Ops tf, EncoderSpec spec, Weights<TFloat32> weights, Sizes sizes) {
    this.tf = tf;
    this.spec = spec;
    this.encoder = new VisionTransformer<>(spec.encoder(), Kernels.plain(), weights);
    long side =
        switch (sizes) {
          case FIXED -> spec.transform().crop();
          case ANY -> Shape.UNKNOWN_SIZE;
        };
    pixelShape = Shape.of(Shape.UNKNOWN_SIZE, side, side, spec.channels().count());
    pixels = placeholder(Signatures.PIXELS, TFloat32.class, pixelShape);
    Ops scope = tf.withSubScope("pixels_encoder");
    detail =
        encoder.applyInDetail(scope, Preprocessing.normalize(scope, pixels, spec.normalization()));
  }

  /** {@code [batch, height, width, channels]} in 0..1. */
  Placeholder<TFloat32> pixels() {
    return pixels;
  }

  /** {@code [batch, dim]}: class tokens of {@link #pixels}. */
  Operand<TFloat32> cls() {
    return detail.tokens().cls();
  }

  /** What the encoder makes of {@link #pixels}. */
  TokensInDetail<TFloat32> detail() {
    return detail;
  }

  List<Endpoint> endpoints() {
    List<Endpoint> endpoints = files();
    endpoints.add(levels());
    endpoints.add(
        ofPixels(
            Ability.PIXELS, Map.of(Signatures.EMBEDDING, named("embedding_from_pixels", cls()))));
    endpoints.add(
        ofPixels(
            Ability.TOKENS,
            Map.of(
                Signatures.EMBEDDING, named("class_token", cls()),
                Signatures.PATCH_EMBEDDINGS,
                    named(Signatures.PATCH_EMBEDDINGS, detail.tokens().patches()))));
    endpoints.add(
        ofPixels(
            Ability.ATTENTION,
            Map.of(Signatures.ATTENTION, named(Signatures.ATTENTION, detail.attention()))));
    Map<String, Operand<?>> blocks = new LinkedHashMap<>();
    for (int i = 0; i < detail.clsOfBlocks().size(); i++) {
      blocks.put(blockOutput(i), tf.identity(detail.clsOfBlocks().get(i)));
    }
    endpoints.add(ofPixels(Ability.CLASS_TOKENS, blocks));
    return endpoints;
  }

  /** The name of a block's class token among the outputs. */
  static String blockOutput(int block) {
    return "block_" + block;
  }

  /** Upright files, and files with their orientations, in one copy of the encoder. */
  private List<Endpoint> files() {
    Placeholder<TString> bytes =
        placeholder(Signatures.IMAGE_BYTES, TString.class, Shape.of(Shape.UNKNOWN_SIZE));
    Ops decoding = tf.withSubScope("decode");
    Operand<TInt32> orientations =
        tf.withName(Signatures.ORIENTATION)
            .placeholderWithDefault(
                decoding.fill(decoding.shape(bytes), decoding.constant(RotationTag.UPRIGHT)),
                Shape.of(Shape.UNKNOWN_SIZE));
    BatchDecode decoded =
        BatchDecode.of(decoding, bytes, orientations, spec.transform(), spec.channels());
    Operand<TFloat32> embedding = embed(tf.withSubScope("image_encoder"), decoded.pixels());
    Operand<TBool> rowIsValid = tf.expandDims(decoded.valid(), tf.constant(-1)); // [batch, 1]
    Operand<TFloat32> marked =
        tf.withName(Signatures.EMBEDDING).select(rowIsValid, embedding, tf.constant(Float.NaN));
    Map<String, Operand<?>> outputs =
        Map.of(
            Signatures.EMBEDDING,
            marked,
            Signatures.VALID,
            tf.withName(Signatures.VALID).identity(decoded.valid()));
    return new ArrayList<>(
        List.of(
            new Endpoint(Ability.FILES, Map.of(Signatures.IMAGE_BYTES, bytes), outputs),
            new Endpoint(
                Ability.ORIENTED_FILES,
                Map.of(Signatures.IMAGE_BYTES, bytes, Signatures.ORIENTATION, orientations),
                outputs)));
  }

  /** Of pixels in 0..255. */
  private Endpoint levels() {
    Placeholder<TUint8> levels = placeholder("pixels_uint8", TUint8.class, pixelShape);
    Ops scope = tf.withSubScope("uint8_encoder");
    Operand<TFloat32> floats =
        scope.math.div(scope.dtypes.cast(levels, TFloat32.class), Nn.scalar(scope, WHITE, pixels));
    return new Endpoint(
        Ability.PIXELS_UINT8,
        Map.of(Signatures.PIXELS, levels),
        Map.of(Signatures.EMBEDDING, named("embedding_from_uint8", embed(scope, floats))));
  }

  private Endpoint ofPixels(Ability ability, Map<String, Operand<?>> outputs) {
    return new Endpoint(ability, Map.of(Signatures.PIXELS, pixels), outputs);
  }

  private Operand<TFloat32> embed(Ops scope, Operand<TFloat32> images) {
    Operand<TFloat32> normalized = Preprocessing.normalize(scope, images, spec.normalization());
    return encoder.apply(scope, normalized, DropPath.none()).cls();
  }

  private Operand<TFloat32> named(String name, Operand<TFloat32> value) {
    return tf.withName(name).identity(value);
  }

  private <T extends TType> Placeholder<T> placeholder(String name, Class<T> type, Shape shape) {
    return tf.withName(name).placeholder(type, Placeholder.shape(shape));
  }
}
