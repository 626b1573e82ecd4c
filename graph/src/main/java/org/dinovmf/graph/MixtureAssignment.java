package org.dinovmf.graph;

import org.dinovmf.ops.VonMisesFisherMixture;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * The components of a mixture that embeddings belong to: with {@code p_k} the von Mises-Fisher
 * density around {@code w_k / |w_k|} with concentration {@code kappa_k = |w_k| / t}, the posterior
 * of component k is {@code p_k(y) / sum_j p_j(y)} and the density {@code p(y) = sum_j p_j(y) / K};
 * Govindarajan et al., ICLR 2023, eq. 4, with equal weights. The center of training, which is a
 * means against collapse, is left out.
 *
 * @param prototypes {@code [batch, top]}: the likeliest components, the likeliest first
 * @param posteriors {@code [batch, top]}, each in 0..1
 * @param kappas {@code [batch, top]}
 * @param logDensities {@code [batch]}: log p(y), in nats
 */
public record MixtureAssignment<T extends TFloating>(
    Operand<TInt32> prototypes, Operand<T> posteriors, Operand<T> kappas, Operand<T> logDensities) {

  /**
   * Adds the assignment to the graph.
   *
   * @param y unit vectors, {@code [batch, dim]}
   * @param concentrations of the mixture, {@code [components]}
   * @param top how many components of each; at most all
   */
  public static <T extends TFloating> MixtureAssignment<T> of(
      Ops tf, Operand<T> y, VonMisesFisherMixture<T> mixture, Operand<T> concentrations, int top) {
    int kept = (int) Math.min(top, concentrations.shape().get(0));
    var best = tf.nn.topK(mixture.posterior(tf, y), tf.constant(kept), new TopK.Options[0]);
    return new MixtureAssignment<>(
        best.indices(),
        best.values(),
        tf.gather(concentrations, best.indices(), tf.constant(0), new Gather.Options[0]),
        mixture.logDensity(tf, y));
  }
}
