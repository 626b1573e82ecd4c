package org.dinovmf.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dinovmf.graph.DropPath;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.preprocessing.Preprocessing;
import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Class tokens of the teacher for whole images, in the graph and the session of a training run: the
 * features that the field evaluates.
 */
public final class TeacherFeatures {

  private static final int BATCH = 64;

  private final TrainConfig config;
  private final int channels;
  private final Placeholder<TUint8> image;
  private final Operand<TFloat32> pixels;
  private final Placeholder<TFloat32> batch;
  private final Operand<TFloat32> features;

  /**
   * Adds the evaluation to the graph.
   *
   * @param tf of the graph that {@code graph} was built in
   * @param fusion explicit on a CPU only
   */
  public TeacherFeatures(Ops tf, TrainConfig config, TrainGraph<TFloat32> graph, Fusion fusion) {
    this.config = config;
    int crop = config.evaluation().crop();
    channels = config.model().encoder().inChannels();
    image = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, channels)));
    pixels = Preprocessing.resizeAndCrop(tf, image, config.evaluation());
    batch = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, crop, crop, channels)));
    features =
        new VisionTransformer<TFloat32>(
                config.model().encoder(),
                Kernels.inference(Precision.FLOAT32, fusion),
                graph.store().under(TrainGraph.TEACHER).below(TrainGraph.BACKBONE))
            .apply(tf, Preprocessing.normalize(tf, batch, config.normalization()), DropPath.none())
            .cls();
  }

  /**
   * Features of images, one row each; an empty row where an image cannot be read.
   *
   * @param threads that decode and resize
   */
  public float[][] of(
      TrainSession<TFloat32> session, ImageDecoder decoder, List<ImageFile> images, int threads) {
    int crop = config.evaluation().crop();
    int pixelsPerImage = crop * crop * channels;
    float[][] rows = new float[images.size()][];
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int start = 0; start < rows.length; start += BATCH) {
        int size = Math.min(BATCH, rows.length - start);
        List<Future<float[]>> pending = new ArrayList<>();
        for (ImageFile file : images.subList(start, start + size)) {
          pending.add(pool.submit(() -> prepare(session, decoder, file)));
        }
        float[] prepared = new float[size * pixelsPerImage];
        boolean[] readable = new boolean[size];
        for (int i = 0; i < size; i++) {
          float[] one = pending.get(i).get();
          readable[i] = one.length > 0;
          System.arraycopy(one, 0, prepared, i * pixelsPerImage, one.length);
        }
        float[] encoded = encode(session, prepared, size);
        int dim = encoded.length / size;
        for (int i = 0; i < size; i++) {
          rows[start + i] = new float[readable[i] ? dim : 0];
          System.arraycopy(encoded, i * dim, rows[start + i], 0, rows[start + i].length);
        }
      }
      return rows;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while embedding images", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  /** {@code [crop, crop, channels]} in 0..1, or nothing if the image is bad. */
  private float[] prepare(TrainSession<TFloat32> session, ImageDecoder decoder, ImageFile file) {
    DecodedImage decoded;
    try {
      decoded = decoder.decode(file);
    } catch (BadImageException e) {
      return new float[0];
    }
    Shape shape = Shape.of(decoded.height(), decoded.width(), channels);
    try (TUint8 fed = TUint8.tensorOf(shape, DataBuffers.of(decoded.pixels(), true, false));
        Result result = session.run(Map.of(image, fed), List.of(pixels))) {
      return floats((TFloat32) result.get(0));
    }
  }

  /**
   * Features of prepared pixels.
   *
   * @param prepared {@code [count, crop, crop, channels]} in 0..1
   * @return {@code [count, dim]}
   */
  public float[] encode(TrainSession<TFloat32> session, float[] prepared, int count) {
    int crop = config.evaluation().crop();
    Shape shape = Shape.of(count, crop, crop, channels);
    try (TFloat32 fed = TFloat32.tensorOf(shape, DataBuffers.of(prepared, true, false));
        Result result = session.run(Map.of(batch, fed), List.of(features))) {
      return floats((TFloat32) result.get(0));
    }
  }

  private static float[] floats(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values, false, false));
    return values;
  }
}
