package org.dinovmf.training.method;

import java.util.List;
import java.util.Map;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.loss.KoLeo;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Spreads the student's class tokens of a batch, before the head: the sum over the two global
 * crops, as in DINOv2 (Oquab et al. 2023), of {@link KoLeo} within the crop. The batch is what the
 * graph sees at once: with accumulation, each micro-batch by itself.
 */
record KoLeoTerm(double weight) implements Term {

  @Override
  public <T extends TFloating> Built<T> build(Ops tf, Pair<T> pair, TeacherTarget target) {
    int batch = pair.batch();
    Operand<T> sum = KoLeo.of(tf, crop(tf, pair, 0, batch));
    for (int crop = 1; crop < MultiCropConfig.GLOBAL_CROPS; crop++) {
      sum = tf.math.add(sum, KoLeo.of(tf, crop(tf, pair, crop, batch)));
    }
    return new Built<>(sum, List.of(), Map.of("loss_koleo", sum));
  }

  private static <T extends TFloating> Operand<T> crop(Ops tf, Pair<T> pair, int crop, int batch) {
    return tf.slice(
        pair.student().cls(), tf.array(crop * batch, 0), tf.constant(new int[] {batch, -1}));
  }
}
