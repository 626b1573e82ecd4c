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

  /**
   * {@code [batch, crop, crop, channels]} in 0..1, such as red, green, blue, mean and deviation not
   * taken out.
   */
  public static final String PIXELS = "pixels";

  /** {@code [batch, dim]}: the class token after the last LayerNorm, not of unit length. */
  public static final String EMBEDDING = "embedding";

  /** The only method name that TensorFlow Serving's checks let pass. */
  static final String METHOD = "tensorflow/serving/predict";

  static final String TAG = "serve";

  private Signatures() {}
}
