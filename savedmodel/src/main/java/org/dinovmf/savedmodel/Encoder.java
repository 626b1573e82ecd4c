package org.dinovmf.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * A trained encoder: images to embeddings, {@code float[batch][dimension]}, the class token after
 * the last LayerNorm, not of unit length.
 *
 * <p>Loading is slow and takes the memory of the weights, so load once. Thread safe; closing waits
 * for calls in progress. Loading a model runs its graph: load only models whose source is trusted.
 */
public final class Encoder implements AutoCloseable {

  private static final int ALL_CORES = 0;

  private final EncoderSpec spec;
  private final Session session;
  private final Call fromBytes;
  private final Call fromPixels;
  private final Runnable onClose;

  /** Names of tensors in the graph. */
  private record Call(String input, String embedding) {

    static Call of(SignatureDef signature, String inputName) {
      return new Call(
          signature.getInputsOrThrow(inputName).getName(),
          signature.getOutputsOrThrow(Signatures.EMBEDDING).getName());
    }
  }

  private Encoder(
      EncoderSpec spec, Session session, Call fromBytes, Call fromPixels, Runnable onClose) {
    this.spec = spec;
    this.session = session;
    this.fromBytes = fromBytes;
    this.fromPixels = fromPixels;
    this.onClose = onClose;
  }

  /** Loads an exported model with a thread for each core. */
  public static Encoder load(Path model) throws IOException {
    return load(model, ALL_CORES);
  }

  /**
   * Loads an exported model.
   *
   * @param model the folder of one version, which holds {@code saved_model.pb}, or the folder
   *     above, of whose versions the newest is taken
   * @param threads size of each of TensorFlow's two pools; 0 for a thread for each core
   * @throws IOException if there is no model, if it is damaged or not one of an encoder
   */
  public static Encoder load(Path model, int threads) throws IOException {
    Path version = Versions.resolve(model);
    EncoderSpec spec = EncoderSpec.read(version);
    SavedModelBundle bundle;
    try {
      bundle =
          SavedModelBundle.loader(version.toString())
              .withTags(Signatures.TAG)
              .withConfigProto(SessionSettings.config(threads))
              .load();
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw new IOException(
          "model '%s' cannot be loaded: %s".formatted(version, Lines.first(e)), e);
    }
    try {
      MetaGraphDef meta = bundle.metaGraphDef();
      return new Encoder(
          spec,
          bundle.session(),
          Call.of(meta.getSignatureDefOrThrow(Signatures.SERVING_DEFAULT), Signatures.IMAGE_BYTES),
          Call.of(meta.getSignatureDefOrThrow(Signatures.FROM_PIXELS), Signatures.PIXELS),
          bundle::close);
    } catch (IllegalArgumentException e) { // a name that the map of a signature lacks
      bundle.close();
      throw new IOException(
          "model '%s' must have the signatures '%s' and '%s' of an encoder, but has %s"
              .formatted(
                  version,
                  Signatures.SERVING_DEFAULT,
                  Signatures.FROM_PIXELS,
                  bundle.metaGraphDef().getSignatureDefMap().keySet()),
          e);
    }
  }

  /**
   * The encoder of a checkpoint, without an export.
   *
   * @param checkpointPrefix path of a TensorFlow checkpoint without {@code .index}
   * @param weightPrefix where the checkpoint has the encoder, such as {@code teacher/backbone}
   * @param threads as for {@link #load(Path, int)}
   * @throws IOException if the checkpoint cannot be read, lacks a weight or has it in another shape
   */
  public static Encoder fromCheckpoint(
      EncoderSpec spec, Path checkpointPrefix, String weightPrefix, int threads)
      throws IOException {
    return of(EncoderSession.restore(spec, checkpointPrefix, weightPrefix, threads), spec);
  }

  /** Closing the encoder closes the source. */
  static Encoder of(EncoderSession source, EncoderSpec spec) {
    EncoderGraph graph = source.encoder();
    return new Encoder(
        spec,
        source.session(),
        Call.of(graph.servingDefault().signature(), Signatures.IMAGE_BYTES),
        Call.of(graph.fromPixels().signature(), Signatures.PIXELS),
        source::close);
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
   * Embeds whole image files: JPEG, PNG, GIF or BMP, told by content. A rotation tag is not
   * applied; for other formats see {@link Bitmap}.
   *
   * @return a row for each image; NaN where an image cannot be decoded
   */
  public float[][] embed(byte[]... images) {
    if (images.length == 0) {
      return new float[0][];
    }
    try (TString input = TensorRows.bytes(images)) {
      return run(fromBytes, input);
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
   * @param pixels {@code [batch][crop][crop][channels]} in 0..1, such as red, green, blue, mean and
   *     deviation not taken out
   */
  public float[][] embedPixels(float[][][][] pixels) {
    if (pixels.length == 0) {
      return new float[0][];
    }
    int crop = spec.transform().crop();
    Shape shape = StdArrays.shapeOf(pixels);
    int channels = spec.channels().count();
    if (!shape.equals(Shape.of(pixels.length, crop, crop, channels))) {
      throw new IllegalArgumentException(
          "pixels must be [batch, %d, %d, %d], but are %s".formatted(crop, crop, channels, shape));
    }
    try (TFloat32 input = TFloat32.tensorOf(StdArrays.ndCopyOf(pixels))) {
      return run(fromPixels, input);
    }
  }

  /** Waits for calls in progress; later ones fail. */
  @Override
  public void close() {
    onClose.run();
  }

  private float[][] run(Call call, Tensor input) {
    try (Result result = session.runner().feed(call.input(), input).fetch(call.embedding()).run()) {
      return TensorRows.copy(result.get(0));
    }
  }
}
