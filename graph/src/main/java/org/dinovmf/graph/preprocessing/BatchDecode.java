package org.dinovmf.graph.preprocessing;

import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.DecodePng;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Decodes a batch of encoded images in the graph; an image that cannot be decoded fails alone.
 *
 * <p>Formats are told by content: JPEG (with the exact inverse transform, as training reads it),
 * PNG, GIF (its first frame) and BMP. 16 bits become 8. A rotation tag is not read here: {@link
 * RotationTag} reads it where a file is at hand. Opacity, where it is asked for, is that of a PNG
 * and full for the other formats.
 *
 * @param pixels {@code [batch, crop, crop, channels]} in 0..1; black where an image is not valid
 * @param valid {@code [batch]}
 */
public record BatchDecode(Operand<TFloat32> pixels, Operand<TBool> valid) {

  /** The first bytes of every JPEG file: start of image, and the first byte of a marker. */
  private static final long[] JPEG_START = {0xff, 0xd8, 0xff};

  /** The first bytes of every PNG file. */
  private static final long[] PNG_START = {0x89, 'P', 'N', 'G'};

  /** Of ITU-R BT.601 for red, green and blue, in 2^-16, as training has them. */
  private static final int[] LUMA = {19595, 38470, 7471};

  /**
   * For the orientations 0 (none is known) to 8, where in {@link #FLIPPED} the axes begin that are
   * turned around, after rows and columns have changed places from 5 on.
   */
  private static final int[] FLIP_START = {0, 0, 0, 0, 1, 0, 0, 0, 1};

  /** How many of these axes there are. */
  private static final int[] FLIP_COUNT = {0, 0, 1, 2, 1, 0, 1, 2, 1};

  /** Columns, then rows. */
  private static final int[] FLIPPED = {1, 0};

  private static final int FIRST_TURNED = 5;

  private static final List<Class<? extends TType>> ELEMENT_TYPES =
      List.of(TFloat32.class, TInt64.class);

  /**
   * Adds the decoding to the graph.
   *
   * <p>A data set of the graph is what drops single failures: the images that survive come out with
   * their index and are put back in their places. One image that is none, with an index past the
   * end, keeps the set from being empty.
   *
   * @param imageBytes {@code [batch]}, encoded images
   * @param orientations {@code [batch]}, EXIF's 1 (upright) to 8; other values are taken as 1
   */
  public static BatchDecode of(
      Ops tf,
      Operand<TString> imageBytes,
      Operand<TInt32> orientations,
      EvalTransform transform,
      Channels channels) {
    int crop = transform.crop();
    int count = channels.count();
    Shape pixelShape = Shape.of(crop, crop, count);
    List<Shape> shapes = List.of(pixelShape, Shape.scalar());
    Operand<TInt64> one = tf.constant(1L);
    Operand<TInt64> batch = tf.size(imageBytes, TInt64.class);
    Operand<TInt64> indices = tf.range(tf.constant(0L), batch, one);
    Operand<? extends TType> images =
        tf.data.tensorSliceDataset(
            List.of(imageBytes, orientations, indices),
            List.of(Shape.scalar(), Shape.scalar(), Shape.scalar()));
    try (ConcreteFunction decode =
        ConcreteFunction.create(ops -> element(ops, transform, channels))) {
      Operand<? extends TType> decoded =
          tf.data.mapDataset(images, List.of(), decode, ELEMENT_TYPES, shapes);
      Operand<? extends TType> survivors =
          tf.data.ignoreErrorsDataset(decoded, ELEMENT_TYPES, shapes);
      Operand<? extends TType> filler =
          tf.data.tensorDataset(
              List.of(tf.zeros(tf.array(crop, crop, count), TFloat32.class), batch), shapes);
      Operand<? extends TType> all =
          tf.data.concatenateDataset(survivors, filler, ELEMENT_TYPES, shapes);
      List<Shape> batchShapes =
          List.of(Shape.of(Shape.UNKNOWN_SIZE, crop, crop, count), Shape.of(Shape.UNKNOWN_SIZE));
      Operand<TInt64> slots = tf.math.add(batch, one);
      Operand<? extends TType> whole =
          tf.data.batchDataset(all, slots, tf.constant(false), ELEMENT_TYPES, batchShapes);
      var element = tf.data.datasetToSingleElement(whole, ELEMENT_TYPES, batchShapes).components();
      Operand<TFloat32> pixels = element.get(0).expect(TFloat32.class);
      Operand<TInt64> places =
          tf.expandDims(element.get(1).expect(TInt64.class), tf.constant(-1)); // [survivors, 1]
      Operand<TInt64> slotShape = tf.expandDims(slots, tf.constant(0));

      Operand<TFloat32> placed =
          tf.scatterNd(
              places,
              pixels,
              tf.concat(
                  List.of(slotShape, tf.array((long) crop, (long) crop, (long) count)),
                  tf.constant(0)));
      Operand<TFloat32> hits =
          tf.scatterNd(
              places, tf.onesLike(tf.dtypes.cast(element.get(1), TFloat32.class)), slotShape);
      Operand<TInt64> size = tf.expandDims(batch, tf.constant(0));
      Operand<TFloat32> kept =
          tf.slice(
              placed,
              tf.array(0L, 0L, 0L, 0L),
              tf.concat(
                  List.of(size, tf.array((long) crop, (long) crop, (long) count)), tf.constant(0)));
      Operand<TBool> valid = tf.math.greater(tf.slice(hits, tf.array(0L), size), tf.constant(0f));
      return new BatchDecode(tf.reshape(kept, tf.array(-1, crop, crop, count)), valid);
    }
  }

  /**
   * One image: {@code bytes, orientation, index} to {@code pixels [crop, crop, channels], index}.
   */
  private static Signature element(Ops tf, EvalTransform transform, Channels channels) {
    Placeholder<TString> bytes = scalar(tf, TString.class);
    Placeholder<TInt32> orientation = scalar(tf, TInt32.class);
    Placeholder<TInt64> index = scalar(tf, TInt64.class);
    // Turned as floats, which resizing needs anyhow.
    Operand<TFloat32> stored = tf.dtypes.cast(decode(tf, bytes, channels), TFloat32.class);
    Operand<TFloat32> upright = withChannels(tf, upright(tf, stored, orientation), channels);
    Operand<TFloat32> pixels = Preprocessing.resizeAndCrop(tf, upright, transform);
    return Signature.builder("decode_element")
        .input("bytes", bytes)
        .input("orientation", orientation)
        .input("index", index)
        .output("pixels", pixels)
        .output("same_index", tf.identity(index))
        .build();
  }

  /** {@code [height, width, channels]}. */
  private static Operand<TUint8> decode(Ops tf, Operand<TString> bytes, Channels channels) {
    Operand<TUint8> image =
        switch (channels) {
          case GRAY -> luma(tf, color(tf, bytes));
          case COLOR -> color(tf, bytes);
          case COLOR_AND_ALPHA -> colorAndAlpha(tf, bytes);
        };
    return withChannels(tf, image, channels);
  }

  private static <T extends TType> Operand<T> withChannels(
      Ops tf, Operand<T> image, Channels channels) {
    return tf.ensureShape(
        image, Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, channels.count()));
  }

  /** {@code [height, width, channels]}, its first two axes in the order in which it is seen. */
  private static Operand<TFloat32> upright(
      Ops tf, Operand<TFloat32> image, Operand<TInt32> orientation) {
    Operand<TBool> isKnown =
        tf.math.logicalAnd(
            tf.math.greater(orientation, tf.constant(0)),
            tf.math.less(orientation, tf.constant(FLIP_COUNT.length)));
    Operand<TInt32> known = tf.select(isKnown, orientation, tf.constant(0));
    Operand<TBool> isTurned = tf.math.greaterEqual(known, tf.constant(FIRST_TURNED));
    Operand<TInt32> axes =
        tf.select(isTurned, tf.constant(new int[] {1, 0, 2}), tf.constant(new int[] {0, 1, 2}));
    Operand<TInt32> index = tf.expandDims(known, tf.constant(0));
    Operand<TInt32> flipped =
        tf.slice(
            tf.constant(FLIPPED),
            tf.gather(tf.constant(FLIP_START), index, tf.constant(0)),
            tf.gather(tf.constant(FLIP_COUNT), index, tf.constant(0)));
    return tf.reverse(tf.linalg.transpose(image, axes), flipped);
  }

  /**
   * {@code [height, width, 3]}. Only the JPEG op lets the inverse transform be chosen; it reads no
   * BMP and no animated GIF, so it is for JPEG alone.
   */
  private static Operand<TUint8> color(Ops tf, Operand<TString> bytes) {
    return either(
        tf,
        bytes,
        JPEG_START,
        "decode_jpeg",
        (ops, contents) ->
            ops.image.decodeJpeg(
                contents, DecodeJpeg.channels(3L), DecodeJpeg.dctMethod("INTEGER_ACCURATE")),
        "decode_other",
        (ops, contents) ->
            ops.image.decodeImage(
                contents,
                TUint8.class,
                DecodeImage.channels(3L),
                DecodeImage.expandAnimations(false)));
  }

  /** {@code [height, width, 4]}. */
  private static Operand<TUint8> colorAndAlpha(Ops tf, Operand<TString> bytes) {
    return either(
        tf,
        bytes,
        PNG_START,
        "decode_png",
        (ops, contents) -> ops.image.decodePng(contents, TUint8.class, DecodePng.channels(4L)),
        "decode_opaque",
        (ops, contents) ->
            ops.pad(
                color(ops, contents),
                ops.constant(new int[][] {{0, 0}, {0, 0}, {0, 1}}),
                ops.dtypes.cast(ops.constant(255), TUint8.class)));
  }

  /** {@code [height, width, 3]} to {@code [height, width, 1]}; exact, since no sum has 32 bits. */
  private static Operand<TUint8> luma(Ops tf, Operand<TUint8> color) {
    Operand<TInt32> weighted = tf.math.mul(tf.dtypes.cast(color, TInt32.class), tf.constant(LUMA));
    Operand<TInt32> sum = tf.reduceSum(weighted, tf.constant(-1), ReduceSum.keepDims(true));
    Operand<TInt32> rounded = tf.math.add(sum, tf.constant(1 << 15));
    return tf.dtypes.cast(tf.math.floorDiv(rounded, tf.constant(1 << 16)), TUint8.class);
  }

  /** One decoder for files that begin with some bytes, another for all others. */
  private static Operand<TUint8> either(
      Ops tf,
      Operand<TString> bytes,
      long[] start,
      String matchingName,
      BiFunction<Ops, Operand<TString>, Operand<TUint8>> matching,
      String otherName,
      BiFunction<Ops, Operand<TString>, Operand<TUint8>> other) {
    Operand<TUint8> head =
        tf.io.decodeRaw(
            tf.strings.substr(bytes, tf.constant(0), tf.constant(start.length)), TUint8.class);
    Operand<TBool> matches =
        tf.reduceAll(
            tf.math.equal(tf.dtypes.cast(head, TInt64.class), tf.constant(start)), tf.constant(0));
    try (ConcreteFunction whenMatching = branch(matchingName, matching);
        ConcreteFunction otherwise = branch(otherName, other)) {
      return tf.statelessIf(matches, List.of(bytes), List.of(TUint8.class), whenMatching, otherwise)
          .output()
          .get(0)
          .expect(TUint8.class);
    }
  }

  private static ConcreteFunction branch(
      String name, BiFunction<Ops, Operand<TString>, Operand<TUint8>> decoder) {
    return ConcreteFunction.create(
        tf -> {
          Placeholder<TString> contents = scalar(tf, TString.class);
          return Signature.builder(name)
              .input("contents", contents)
              .output("image", decoder.apply(tf, contents))
              .build();
        });
  }

  private static <T extends TType> Placeholder<T> scalar(Ops tf, Class<T> type) {
    return tf.placeholder(type, Placeholder.shape(Shape.scalar()));
  }
}
