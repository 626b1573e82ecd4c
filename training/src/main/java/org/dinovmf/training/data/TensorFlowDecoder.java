package org.dinovmf.training.data;

import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.DecodePng;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/** Owns a graph and a session with TensorFlow's image decoders. Thread safe. */
final class TensorFlowDecoder implements AutoCloseable {

  private static final long CHANNELS = 3;

  /** Each run works in the thread that calls it. */
  private static final RunOptions IN_CALLER =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private final Graph graph = new Graph();
  private final Session session;
  private final Operand<TString> file;
  private final Operand<TUint8> jpeg;
  private final Operand<TUint8> png;
  private final Operand<TUint8> gif;

  /**
   * Opens a session.
   *
   * @param threads of the pools that TensorFlow makes for the process with its first session, which
   *     this one may be; decoding itself does not use them
   */
  TensorFlowDecoder(int threads) {
    Ops tf = Ops.create(graph);
    file = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    // The fast DCT, TensorFlow's default, is inexact and differs between builds.
    jpeg = tf.image.decodeJpeg(file, DecodeJpeg.channels(CHANNELS).dctMethod("INTEGER_ACCURATE"));
    png = tf.image.decodePng(file, TUint8.class, DecodePng.channels(CHANNELS));
    // [1, height, width, 3] to [height, width, 3]
    gif = tf.squeeze(tf.image.decodeGif(file), Squeeze.axis(List.of(0L)));
    ConfigProto config =
        ConfigProto.newBuilder()
            .setInterOpParallelismThreads(threads)
            .setIntraOpParallelismThreads(threads)
            .putDeviceCount("GPU", 0)
            .build();
    session = new Session(graph, config);
  }

  /**
   * Decodes a JPEG, PNG or GIF.
   *
   * @param bytes a file; a GIF must have a single frame
   */
  RgbImage decode(byte[] bytes, ImageFormat format) throws BadImageException {
    Operand<TUint8> decoded =
        switch (format) {
          case JPEG -> jpeg;
          case PNG -> png;
          case GIF -> gif;
          case BMP, WEBP, TIFF ->
              throw new IllegalArgumentException(format + " is not decoded by TensorFlow here");
        };
    try (TString input = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes));
        Result result =
            session.runner().setOptions(IN_CALLER).feed(file, input).fetch(decoded).run()) {
      TUint8 tensor = (TUint8) result.get(0);
      byte[] pixels = new byte[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().read(pixels);
      return new RgbImage((int) tensor.shape().get(1), (int) tensor.shape().get(0), pixels);
    } catch (TensorFlowException | IllegalArgumentException | UnsupportedOperationException e) {
      // The last two are the base classes of "invalid argument" and "unimplemented" of TensorFlow.
      throw new BadImageException("truncated or damaged: " + firstLine(e), e);
    }
  }

  /** TensorFlow's reason without the name of the graph's node. */
  private static String firstLine(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
    int node = message.indexOf("[[{{");
    return (node < 0 ? message : message.substring(0, node)).strip();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
