package org.dinovmf.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * An exported encoder: images to embeddings, {@code float[batch][dimension]}, the class token after
 * the last LayerNorm, not of unit length.
 *
 * <p>Loading is slow and takes the memory of the weights, so load once. Thread safe; closing waits
 * for calls in progress. Loading a model runs its graph: load only models whose source is trusted.
 */
public final class Encoder implements AutoCloseable {

  private final SavedModelBundle bundle;
  private final EncoderSpec spec;

  private Encoder(SavedModelBundle bundle, EncoderSpec spec) {
    this.bundle = bundle;
    this.spec = spec;
  }

  /** Loads a model with a thread for each core. */
  public static Encoder load(Path model) throws IOException {
    return load(model, 0);
  }

  /**
   * Loads a model.
   *
   * @param model the folder of one version, which holds {@code saved_model.pb}, or the folder
   *     above, of whose versions the newest is taken
   * @param threads size of each of TensorFlow's two pools; 0 for a thread for each core
   * @throws IOException if there is no model, if it is damaged or not one of an encoder
   */
  public static Encoder load(Path model, int threads) throws IOException {
    Path version = Versions.resolve(model);
    EncoderSpec spec = EncoderSpec.read(version);
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(threads)
            .build();
    SavedModelBundle bundle;
    try {
      bundle =
          SavedModelBundle.loader(version.toString())
              .withTags(Signatures.TAG)
              .withConfigProto(config)
              .load();
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw new IOException(
          "model '%s' cannot be loaded: %s".formatted(version, Lines.first(e)), e);
    }
    Encoder encoder = new Encoder(bundle, spec);
    for (String key : List.of(Signatures.SERVING_DEFAULT, Signatures.FROM_PIXELS)) {
      if (!bundle.metaGraphDef().containsSignatureDef(key)) {
        encoder.close();
        throw new IOException("model '%s' lacks the signature '%s'".formatted(version, key));
      }
    }
    return encoder;
  }

  /** Sizes and preprocessing. */
  public EncoderSpec spec() {
    return spec;
  }

  /** Width of an embedding. */
  public int dimension() {
    return spec.dimension();
  }

  /**
   * Embeds whole image files: JPEG, PNG, GIF or BMP, told by content.
   *
   * @return a row for each image; NaN where an image cannot be decoded
   */
  public float[][] embed(byte[]... images) {
    if (images.length == 0) {
      return new float[0][];
    }
    try (TString input = TensorRows.bytes(images)) {
      return run(Signatures.SERVING_DEFAULT, Signatures.IMAGE_BYTES, input);
    }
  }

  /**
   * Embeds the files of the given paths.
   *
   * @return a row for each file; NaN where its content cannot be decoded
   * @throws IOException if a file cannot be read
   */
  public float[][] embed(List<Path> files) throws IOException {
    byte[][] images = new byte[files.size()][];
    for (int i = 0; i < images.length; i++) {
      Path file = files.get(i);
      if (!Files.isRegularFile(file)) {
        throw new IOException("image '%s' is not a file".formatted(file));
      }
      images[i] = Files.readAllBytes(file);
    }
    return embed(images);
  }

  /**
   * Embeds pixels.
   *
   * @param pixels {@code [batch][crop][crop][3]} in 0..1, red, green, blue, mean and deviation not
   *     taken out
   */
  public float[][] embedPixels(float[][][][] pixels) {
    if (pixels.length == 0) {
      return new float[0][];
    }
    int crop = spec.transform().crop();
    Shape shape = StdArrays.shapeOf(pixels);
    if (!shape.equals(Shape.of(pixels.length, crop, crop, 3))) {
      throw new IllegalArgumentException(
          "pixels must be [batch, %d, %d, 3], but are %s".formatted(crop, crop, shape));
    }
    try (TFloat32 input = TFloat32.tensorOf(StdArrays.ndCopyOf(pixels))) {
      return run(Signatures.FROM_PIXELS, Signatures.PIXELS, input);
    }
  }

  /** Waits for calls in progress; later ones fail. */
  @Override
  public void close() {
    bundle.close();
  }

  private float[][] run(String key, String inputName, Tensor input) {
    SignatureDef signature = bundle.metaGraphDef().getSignatureDefOrThrow(key);
    String from = signature.getInputsOrThrow(inputName).getName();
    String to = signature.getOutputsOrThrow(Signatures.EMBEDDING).getName();
    try (Result result = bundle.session().runner().feed(from, input).fetch(to).run()) {
      return TensorRows.copy(result.get(0));
    }
  }
}
