package org.dinovmf.training.method;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.ops.Nn;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.loss.MaskedPatches;
import org.dinovmf.training.loss.PatchLoss;
import org.dinovmf.training.method.TeacherTarget.Answer;
import org.dinovmf.training.method.TeacherTarget.RowMean;
import org.dinovmf.training.method.TeacherTarget.Targets;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/**
 * The cross-entropy over masked patches: the teacher, which sees the whole crop, says what the
 * student should have seen at each; Zhou et al. 2022, eq. 2.
 *
 * <p>Of the student's patches only the masked ones pass through the head and meet the prototypes.
 * The center needs all of the teacher's, which do so one slice after the other.
 *
 * @param sliceSize numbers of one slice of the teacher's patches at their widest
 */
record PatchTerm(double weight, long sliceSize) implements Term {

  private static final String CENTER = "patch_center";

  /** 64 MiB of float32. */
  private static final long SLICE_SIZE = 1L << 24;

  static PatchTerm of(double weight) {
    return new PatchTerm(weight, SLICE_SIZE);
  }

  @Override
  public <T extends TFloating> Built<T> build(Ops tf, Pair<T> pair, TeacherTarget target) {
    Operand<TBool> mask =
        pair.mask()
            .orElseThrow(
                () -> new IllegalArgumentException("a loss over masked patches needs a mask"));
    MaskedPatches<T> masked = MaskedPatches.of(tf, mask, pair.student().patches());

    List<Operand<T>> slices = embeddedSlices(tf, pair.teacher());
    Operand<T> every = slices.size() == 1 ? slices.get(0) : tf.concat(slices, tf.constant(0));
    PrototypeSet<T> teacher = pair.teacher().patchPrototypes();
    Operand<T> teacherTemp = pair.temperatures().teacherPatch();
    Answer<T> answer =
        new Answer<>(
            teacher.scores(tf, masked.of(tf, every)),
            meanOf(slices, teacher),
            teacherTemp,
            teacher.logNormalizer(tf, teacherTemp));
    Targets<T> targets = target.of(tf, pair.store(), CENTER, answer);

    Network<T> student = pair.student();
    Operand<T> said = student.embed(tf, masked.of(tf, rows(tf, student.patches())));
    Operand<T> value =
        PatchLoss.of(
            tf,
            targets.distributions(),
            student.patchPrototypes().at(tf, pair.temperatures().student()),
            said,
            masked.weights(),
            count(student.patches()));
    Map<String, Operand<T>> measures = new LinkedHashMap<>();
    measures.put("loss_patch", value);
    measures.put(
        "patch_entropy",
        PatchLoss.mean(tf, Center.entropy(tf, targets.distributions()), masked.weights()));
    measures.put("masked_share", masked.share());
    return new Built<>(value, targets.centers(), measures);
  }

  private static <T extends TFloating> Operand<T> rows(Ops tf, Operand<T> patches) {
    return tf.reshape(patches, tf.array(-1, patches.shape().get(2)));
  }

  private static long count(Operand<?> patches) {
    return patches.shape().get(0) * patches.shape().get(1);
  }

  /** Each slice waits for the one before, so that only one is wide at a time. */
  private <T extends TFloating> List<Operand<T>> embeddedSlices(Ops tf, Network<T> teacher) {
    Operand<T> rows = rows(tf, teacher.patches());
    long count = count(teacher.patches());
    long height = Math.max(1, sliceSize / teacher.widestRow());
    List<Operand<T>> slices = new ArrayList<>();
    Ops next = tf;
    for (long first = 0; first < count; first += height) {
      long size = Math.min(height, count - first);
      Operand<T> slice = next.slice(rows, next.array(first, 0L), next.array(size, -1L));
      Operand<T> embedded = teacher.embed(next, slice);
      slices.add(embedded);
      next = tf.withControlDependencies(embedded);
    }
    return slices;
  }

  private static <T extends TFloating> RowMean<T> meanOf(
      List<Operand<T>> slices, PrototypeSet<T> prototypes) {
    long count = slices.stream().mapToLong(slice -> slice.shape().get(0)).sum();
    return (tf, statistic) -> {
      List<Operand<T>> parts = new ArrayList<>();
      Ops next = tf;
      for (Operand<T> slice : slices) {
        Operand<T> mean = statistic.of(next, prototypes.scores(next, slice));
        parts.add(Nn.scale(tf, mean, (double) slice.shape().get(0) / count));
        next = tf.withControlDependencies(mean);
      }
      return parts.size() == 1 ? parts.get(0) : tf.math.addN(parts);
    };
  }
}
