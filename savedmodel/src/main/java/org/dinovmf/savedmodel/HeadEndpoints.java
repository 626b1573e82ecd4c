package org.dinovmf.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.MixtureAssignment;
import org.dinovmf.graph.ProjectionHead;
import org.dinovmf.ops.Kernels;
import org.dinovmf.ops.Nn;
import org.dinovmf.ops.VonMisesFisherMixture;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The endpoints of the head behind an encoder. */
final class HeadEndpoints {

  /** How many prototypes an image is assigned to; the posterior of the rest is rarely of use. */
  static final int TOP = 5;

  private HeadEndpoints() {}

  static List<Endpoint> of(
      Ops tf, HeadSource head, ModelVariables variables, EncoderEndpoints encoder) {
    Ops scope = tf.withSubScope("head");
    Operand<TFloat32> y =
        new ProjectionHead<>(head.sizes(), Kernels.plain(), variables.kept(head.weights()))
            .apply(scope, encoder.cls());
    Operand<TFloat32> vectors =
        head.prototypes().vectors(scope, variables.exact(head.weights()), head.sizes());
    Map<String, Operand<?>> pixels = Map.of(Signatures.PIXELS, encoder.pixels());
    Operand<TFloat32> sphere = tf.withName(Signatures.SPHERE_EMBEDDING).identity(y);
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.add(
        new Endpoint(
            Ability.SPHERE_EMBEDDINGS, pixels, Map.of(Signatures.SPHERE_EMBEDDING, sphere)));
    endpoints.add(
        new Endpoint(
            Ability.PROTOTYPES, Map.of(), Map.of(Signatures.PROTOTYPES, tf.identity(vectors))));
    if (head.isMixture()) {
      MixtureAssignment<TFloat32> assigned = assigned(scope, head, variables, vectors, y);
      endpoints.add(
          new Endpoint(
              Ability.ASSIGN,
              pixels,
              Map.of(
                  Signatures.SPHERE_EMBEDDING, sphere,
                  Signatures.PROTOTYPE_INDICES,
                      named(tf, Signatures.PROTOTYPE_INDICES, assigned.prototypes()),
                  Signatures.POSTERIORS, named(tf, Signatures.POSTERIORS, assigned.posteriors()),
                  Signatures.KAPPAS, named(tf, Signatures.KAPPAS, assigned.kappas()),
                  Signatures.LOG_DENSITY,
                      named(tf, Signatures.LOG_DENSITY, assigned.logDensities()))));
    }
    return endpoints;
  }

  /**
   * The mixture is kept ready, in float32 with whatever weights: a kappa of some hundreds, rounded
   * to 8 bits, would be off by more than a nat.
   */
  private static MixtureAssignment<TFloat32> assigned(
      Ops tf,
      HeadSource head,
      ModelVariables variables,
      Operand<TFloat32> vectors,
      Operand<TFloat32> y) {
    Operand<TFloat32> components = Nn.scale(tf, vectors, 1 / head.temperature());
    Operand<TFloat32> kappas =
        tf.math.sqrt(tf.reduceSum(tf.math.square(components), tf.constant(1))); // [prototypes]
    VonMisesFisherMixture<TFloat32> computed =
        VonMisesFisherMixture.ofEqualWeights(tf, Kernels.plain(), components);
    String prefix = head.weights() + "/mixture/";
    VonMisesFisherMixture<TFloat32> kept =
        new VonMisesFisherMixture<>(
            Kernels.plain(),
            variables.constant(prefix + "components", components),
            variables.constant(prefix + "log_terms", computed.logTerms()));
    return MixtureAssignment.of(tf, y, kept, variables.constant(prefix + "kappas", kappas), TOP);
  }

  private static Operand<?> named(Ops tf, String name, Operand<?> value) {
    return tf.withName(name).identity(value);
  }
}
