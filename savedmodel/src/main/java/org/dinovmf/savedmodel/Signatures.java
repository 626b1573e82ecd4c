package org.dinovmf.savedmodel;

/** The names by which an exported encoder is called; clients depend on them. */
public final class Signatures {

  /** Encoded images to embeddings; the key that servers take when a client names none. */
  public static final String SERVING_DEFAULT = "serving_default";

  /** Pixels to embeddings. */
  public static final String FROM_PIXELS = "from_pixels";

  /**
   * {@code [batch]}, each a whole JPEG, PNG, GIF or BMP file. The ending makes the REST interface
   * of TensorFlow Serving decode base64 before the model sees the value.
   */
  public static final String IMAGE_BYTES = "image_bytes";

  /** {@code [batch]}, int32, beside the files: EXIF's orientation, 1 (upright) to 8. */
  public static final String ORIENTATION = "orientation";

  /**
   * {@code [batch, height, width, channels]} in 0..1, or in 0..255 where they are uint8, such as
   * red, green, blue, mean and deviation not taken out.
   */
  public static final String PIXELS = "pixels";

  /** {@code [batch, dim]}: the class token after the last LayerNorm, not of unit length. */
  public static final String EMBEDDING = "embedding";

  /** {@code [batch]}, beside the embeddings of files: whether the image could be decoded. */
  public static final String VALID = "valid";

  /** {@code [batch, patches, dim]}: the patches after the last LayerNorm, in rows from the top. */
  public static final String PATCH_EMBEDDINGS = "patch_embeddings";

  /** {@code [batch, heads, rows, columns]}: from the class token to the patches, last block. */
  public static final String ATTENTION = "attention";

  /** {@code [batch, bottleneck]}: the image on the unit sphere. */
  public static final String SPHERE_EMBEDDING = "sphere_embedding";

  /** {@code [batch, top]}: numbers of the likeliest prototypes, the likeliest first. */
  public static final String PROTOTYPE_INDICES = "prototype_indices";

  /** {@code [batch, top]}: the posterior of each. */
  public static final String POSTERIORS = "posteriors";

  /** {@code [batch, top]}: the concentration of each. */
  public static final String KAPPAS = "kappas";

  /** {@code [batch]}: the logarithm of the mixture's density at the image. */
  public static final String LOG_DENSITY = "log_density";

  /** {@code [batch, classes]}: of a linear classifier, of a row 1 together. */
  public static final String PROBABILITIES = "probabilities";

  /**
   * {@code [batch, classes]}: the name of each class, in every row the same: so each row of a
   * response is understood by itself, and names stand beside scores as in TensorFlow Serving's own
   * classifiers.
   */
  public static final String CLASSES = "classes";

  /** {@code [prototypes, bottleneck]}, with their lengths; not in an exported model. */
  static final String PROTOTYPES = "prototypes";

  /** The only method name that TensorFlow Serving's checks let pass. */
  static final String METHOD = "tensorflow/serving/predict";

  static final String TAG = "serve";

  private Signatures() {}
}
