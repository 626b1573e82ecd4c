package org.dinovmf.training.method;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.ops.Nn;
import org.dinovmf.training.data.MultiCropConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Scalars that tell whether a run learns, without labels. Nothing that is trained depends on them.
 */
public final class HealthMeasures {

  /**
   * Share of global crops whose most probable prototype, by the student and without the center, is
   * the teacher's for the other global crop of the image: iBOT's "acc".
   */
  public static final String AGREEMENT = "agreement";

  /**
   * Prototypes that are the most probable of a global crop's target, so after the center, over the
   * global crops. Without the center one prototype may well come before all others everywhere.
   */
  public static final String DISTINCT = "distinct_share";

  /**
   * Standard deviation of the teacher's embeddings of the global crops over the batch, times the
   * square root of their dimension, mean over the dimensions: about 1 where they are spread evenly,
   * 0 where all are one point; Chen and He, CVPR 2021, section 4.1.
   */
  public static final String SPREAD = "embedding_spread";

  /**
   * The participation ratio {@code (sum_i v_i)^2 / sum_i v_i^2} of the variances v_i of the same
   * embeddings along their principal axes: how many directions they fill, at most the dimension and
   * the number of crops less 1; 0 where all are one point.
   */
  public static final String RANK = "embedding_rank";

  private HealthMeasures() {}

  /**
   * Adds the scalars to the graph.
   *
   * @param teacherLogits without the center, {@code [2 * batch, prototypes]}, crop-major
   * @param targets distributions that the teacher sets, {@code [2 * batch, prototypes]}, crop-major
   * @param studentLogits of the global crops, {@code [2 * batch, prototypes]}, crop-major
   * @param embeddings the teacher's, on the unit sphere, {@code [2 * batch, bottleneckDim]}
   */
  static <T extends TFloating> Map<String, Operand<T>> of(
      Ops tf,
      Operand<T> teacherLogits,
      Operand<T> targets,
      Operand<T> studentLogits,
      Operand<T> embeddings,
      int batch) {
    Class<T> type = embeddings.type();
    int rows = MultiCropConfig.GLOBAL_CROPS * batch;
    Operand<TInt64> teacher = tf.math.argMax(teacherLogits, tf.constant(1)); // [2 * batch]
    Operand<TInt64> student = tf.math.argMax(studentLogits, tf.constant(1));
    Operand<TInt64> others =
        tf.concat(
            List.of(
                tf.slice(teacher, tf.array(batch), tf.array(batch)),
                tf.slice(teacher, tf.array(0), tf.array(batch))),
            tf.constant(0));
    Operand<T> agreement =
        tf.math.mean(tf.dtypes.cast(tf.math.equal(student, others), type), tf.constant(0));
    Operand<TInt64> taught = tf.math.argMax(targets, tf.constant(1));
    // Counted by prototype: the op that finds unique values has no kernel for GPUs.
    Operand<T> counts =
        tf.math.unsortedSegmentSum(
            tf.fill(tf.array(rows), Nn.scalar(tf, 1, targets)),
            taught,
            tf.constant(targets.shape().get(1)));
    Operand<T> used = tf.math.minimum(counts, Nn.scalar(tf, 1, targets)); // [prototypes]
    Operand<T> distinct = Nn.scale(tf, tf.reduceSum(used, tf.constant(0)), 1.0 / rows);

    Operand<T> centered =
        tf.math.sub(embeddings, tf.math.mean(embeddings, tf.constant(0), Mean.keepDims(true)));
    Operand<T> deviations =
        tf.math.sqrt(tf.math.mean(tf.math.square(centered), tf.constant(0))); // [bottleneckDim]
    Operand<T> spread =
        Nn.scale(
            tf,
            tf.math.mean(deviations, tf.constant(0)),
            Math.sqrt((double) embeddings.shape().get(1)));
    // The squares of rows by rows have the same sum as those of the covariance, and are fewer.
    Operand<T> gram = tf.linalg.matMul(centered, centered, MatMul.transposeB(true));
    Operand<T> trace = tf.reduceSum(tf.math.square(centered), tf.array(0, 1));
    Operand<T> rank =
        tf.math.divNoNan(tf.math.square(trace), tf.reduceSum(tf.math.square(gram), tf.array(0, 1)));

    Map<String, Operand<T>> measures = new LinkedHashMap<>();
    measures.put(AGREEMENT, agreement);
    measures.put(DISTINCT, distinct);
    measures.put(SPREAD, spread);
    measures.put(RANK, rank);
    return measures;
  }
}
