package org.dinovmf.savedmodel;

import com.google.common.collect.Lists;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.dinovmf.graph.preprocessing.RotationTag;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * A trained encoder: images to embeddings, {@code float[batch][dimension]}, the class token after
 * the last LayerNorm, not of unit length.
 *
 * <p>Loading is slow and takes the memory of the weights, so load once. Thread safe; closing waits
 * for calls in progress. Loading a model runs its graph: load only models whose source is trusted.
 */
public final class Encoder implements AutoCloseable {

  private static final int ALL_CORES = 0;

  /** Pixels of more would take memory and save no time. */
  private static final int FILES_AT_ONCE = 32;

  private final EncoderSpec spec;
  private final Optional<HeadSource> head;
  private final EncoderCalls calls;
  private final PixelInput input;
  private final Runnable onClose;

  private Encoder(
      EncoderSpec spec, Optional<HeadSource> head, EncoderCalls calls, Runnable onClose) {
    this.spec = spec;
    this.head = head;
    this.calls = calls;
    this.input =
        new PixelInput(
            spec,
            calls.inputSize(Ability.PIXELS, Signatures.PIXELS, 1) < 0 ? Sizes.ANY : Sizes.FIXED);
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
    SavedModelBundle bundle = EncoderLoader.load(version, threads);
    try {
      Map<Ability, SignatureDef> signatures =
          EncoderLoader.signatures(version, bundle.metaGraphDef().getSignatureDefMap());
      return new Encoder(
          spec, Optional.empty(), new EncoderCalls(bundle.session(), signatures), bundle::close);
    } catch (IOException | RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  /**
   * The encoder of a checkpoint, without an export. It takes pixels of any size.
   *
   * @param threads as for {@link #load(Path, int)}
   * @throws IOException if the checkpoint cannot be read, lacks a weight or has it in another shape
   */
  public static Encoder fromCheckpoint(CheckpointSource source, int threads) throws IOException {
    return of(EncoderSession.restore(source, ExportConfig.unexported(), threads), source);
  }

  /** Closing the encoder closes the session. */
  static Encoder of(EncoderSession session, CheckpointSource source) {
    return new Encoder(
        source.spec(),
        source.head(),
        EncoderCalls.of(session.session(), session.encoder().endpoints()),
        session::close);
  }

  /** Sizes and preprocessing. */
  public EncoderSpec spec() {
    return spec;
  }

  /** Width of an embedding. */
  public int dimension() {
    return spec.dimension();
  }

  /** Whether the encoder can be asked for it. */
  public boolean has(Ability ability) {
    return calls.has(ability);
  }

  /** Which sides of pixels it takes. */
  public Sizes sizes() {
    return input.sizes();
  }

  /**
   * Embeds whole image files as one batch: JPEG, PNG, GIF or BMP, told by content; for other
   * formats see {@link Bitmap}. The rotation tag of a file is applied, but by models of before
   * {@link Ability#ORIENTED_FILES}.
   *
   * @return a row for each image; NaN where an image cannot be decoded
   */
  public float[][] embed(byte[]... images) {
    if (images.length == 0) {
      return new float[0][];
    }
    try (TString bytes = TensorRows.bytes(images)) {
      if (!has(Ability.ORIENTED_FILES)) {
        return rows(Ability.FILES, Map.of(Signatures.IMAGE_BYTES, bytes));
      }
      try (TInt32 orientations = TInt32.vectorOf(orientations(images))) {
        return rows(
            Ability.ORIENTED_FILES,
            Map.of(Signatures.IMAGE_BYTES, bytes, Signatures.ORIENTATION, orientations));
      }
    }
  }

  /** What {@code serving_default} says of files: no rotation tag is applied. */
  EmbeddedFiles embedUpright(byte[]... images) {
    try (TString bytes = TensorRows.bytes(images);
        EncoderCalls.Values values =
            calls.run(
                Ability.FILES,
                Map.of(Signatures.IMAGE_BYTES, bytes),
                Signatures.EMBEDDING,
                Signatures.VALID)) {
      return new EmbeddedFiles(values.rows(0), values.flags(1));
    }
  }

  /**
   * Embeds the files of the given paths, any number of them: they are read and embedded 32 at once.
   *
   * @return a row for each file; NaN where its content cannot be decoded
   * @throws IOException if a file cannot be read
   */
  public float[][] embed(List<Path> files) throws IOException {
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new IOException("image '%s' is not a file".formatted(file));
      }
    }
    List<float[]> rows = new ArrayList<>();
    for (List<Path> some : Lists.partition(files, FILES_AT_ONCE)) {
      byte[][] images = new byte[some.size()][];
      for (int i = 0; i < images.length; i++) {
        images[i] = Files.readAllBytes(some.get(i));
      }
      rows.addAll(List.of(embed(images)));
    }
    return rows.toArray(float[][]::new);
  }

  /**
   * Embeds pixels.
   *
   * @param pixels {@code [batch][height][width][channels]} in 0..1, such as red, green, blue, mean
   *     and deviation not taken out; sides as {@link #sizes} says
   */
  public float[][] embedPixels(float[][][][] pixels) {
    if (pixels.length == 0) {
      return new float[0][];
    }
    return ofPixels(Ability.PIXELS, pixels, values -> values.rows(0), Signatures.EMBEDDING);
  }

  /** {@link #embedPixels(float[][][][])} of unsigned bytes, 0..255 for 0..1. */
  public float[][] embedPixels(byte[][][][] pixels) {
    if (pixels.length == 0) {
      return new float[0][];
    }
    try (TUint8 tensor = input.tensor(pixels)) {
      return rows(Ability.PIXELS_UINT8, Map.of(Signatures.PIXELS, tensor));
    }
  }

  /**
   * Class tokens and patches of pixels, after the last LayerNorm.
   *
   * @param pixels as for {@link #embedPixels(float[][][][])}, at least one image
   * @throws MissingAbilityException if the model is without the signature
   */
  public TokenEmbeddings tokens(float[][][][] pixels) {
    return ofPixels(
        Ability.TOKENS,
        pixels,
        values -> new TokenEmbeddings(values.rows(0), values.cube(1)),
        Signatures.EMBEDDING,
        Signatures.PATCH_EMBEDDINGS);
  }

  /**
   * Class tokens of the last blocks after the encoder's last LayerNorm.
   *
   * @param blocks how many; at least 1, at most all
   * @param pixels as for {@link #tokens}
   * @return {@code [blocks][batch][dim]}, the last block last
   * @throws MissingAbilityException unless the encoder comes from a checkpoint
   */
  public float[][][] classTokens(int blocks, float[][][][] pixels) {
    int depth = calls.outputs(Ability.CLASS_TOKENS);
    if (blocks < 1 || blocks > depth) {
      throw new IllegalArgumentException(
          "blocks must be in 1..%d, the depth of the encoder, but are %d".formatted(depth, blocks));
    }
    String[] outputs = new String[blocks];
    for (int i = 0; i < blocks; i++) {
      outputs[i] = EncoderEndpoints.blockOutput(depth - blocks + i);
    }
    return ofPixels(
        Ability.CLASS_TOKENS,
        pixels,
        values -> IntStream.range(0, blocks).mapToObj(values::rows).toArray(float[][][]::new),
        outputs);
  }

  /**
   * How the class token attends to the patches in the last block; see {@link
   * org.dinovmf.graph.TokensInDetail}.
   *
   * @param pixels as for {@link #tokens}
   * @return {@code [batch][heads][rows][columns]}
   * @throws MissingAbilityException if the model is without the signature
   */
  public float[][][][] attention(float[][][][] pixels) {
    return ofPixels(Ability.ATTENTION, pixels, values -> values.maps(0), Signatures.ATTENTION);
  }

  /**
   * The components of the teacher's mixture that images belong to.
   *
   * @param pixels as for {@link #tokens}
   * @throws MissingAbilityException if the head is no mixture, or there is none
   */
  public Assignment assign(float[][][][] pixels) {
    return ofPixels(
        Ability.ASSIGN,
        pixels,
        values ->
            new Assignment(
                values.rows(0),
                values.numbers(1),
                values.rows(2),
                values.rows(3),
                values.vector(4)),
        Signatures.SPHERE_EMBEDDING,
        Signatures.PROTOTYPE_INDICES,
        Signatures.POSTERIORS,
        Signatures.KAPPAS,
        Signatures.LOG_DENSITY);
  }

  /**
   * What the model's classifier takes images for.
   *
   * @param pixels as for {@link #tokens}
   * @throws MissingAbilityException if the model was exported without one
   */
  public Classification classify(float[][][][] pixels) {
    return ofPixels(
        Ability.CLASSIFY,
        pixels,
        values -> new Classification(values.names(1), values.rows(0)),
        Signatures.PROBABILITIES,
        Signatures.CLASSES);
  }

  /**
   * Where images lie on the unit sphere of the head.
   *
   * @param pixels as for {@link #tokens}
   * @return {@code [batch][bottleneck]}, of unit length
   * @throws MissingAbilityException unless the encoder comes from a checkpoint with its head
   */
  public float[][] sphereEmbeddings(float[][][][] pixels) {
    return ofPixels(
        Ability.SPHERE_EMBEDDINGS, pixels, values -> values.rows(0), Signatures.SPHERE_EMBEDDING);
  }

  /**
   * The teacher's prototypes with their lengths.
   *
   * @return {@code [prototypes][bottleneck]}
   * @throws MissingAbilityException unless the encoder comes from a checkpoint with its head
   */
  public float[][] prototypes() {
    try (EncoderCalls.Values values =
        calls.run(Ability.PROTOTYPES, Map.of(), Signatures.PROTOTYPES)) {
      return values.rows(0);
    }
  }

  /**
   * The teacher's temperature at the end of its schedule.
   *
   * @throws MissingAbilityException unless the encoder comes from a checkpoint with its head
   */
  public double temperature() {
    return head.orElseThrow(Ability.PROTOTYPES::missing).temperature();
  }

  /** Waits for calls in progress; later ones fail. */
  @Override
  public void close() {
    onClose.run();
  }

  /** What is read from the outputs of a signature of pixels. */
  private <R> R ofPixels(
      Ability ability,
      float[][][][] pixels,
      Function<EncoderCalls.Values, R> read,
      String... outputs) {
    try (TFloat32 tensor = input.tensor(pixels);
        EncoderCalls.Values values =
            calls.run(ability, Map.of(Signatures.PIXELS, tensor), outputs)) {
      return read.apply(values);
    }
  }

  private float[][] rows(Ability ability, Map<String, Tensor> fed) {
    try (EncoderCalls.Values values = calls.run(ability, fed, Signatures.EMBEDDING)) {
      return values.rows(0);
    }
  }

  private static int[] orientations(byte[][] images) {
    int[] orientations = new int[images.length];
    for (int i = 0; i < images.length; i++) {
      orientations[i] = RotationTag.of(images[i]);
    }
    return orientations;
  }
}
