package org.dinovmf.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.MixtureAssignment;
import org.dinovmf.graph.ProjectionHead;
import org.dinovmf.graph.Weights;
import org.dinovmf.ops.Kernels;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The endpoints of the head behind an encoder. */
final class HeadEndpoints {

  /** How many prototypes an image is assigned to; the posterior of the rest is rarely of use. */
  static final int TOP = 5;

  private HeadEndpoints() {}

  static List<Endpoint> of(
      Ops tf, HeadSource head, Weights<TFloat32> weights, EncoderEndpoints encoder) {
    Ops scope = tf.withSubScope("head");
    Operand<TFloat32> y =
        new ProjectionHead<>(head.sizes(), Kernels.plain(), weights).apply(scope, encoder.cls());
    Operand<TFloat32> vectors = head.prototypes().vectors(scope, weights, head.sizes());
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
      MixtureAssignment<TFloat32> assigned =
          MixtureAssignment.of(scope, y, vectors, head.temperature(), TOP);
      endpoints.add(
          new Endpoint(
              Ability.ASSIGN,
              pixels,
              Map.of(
                  Signatures.SPHERE_EMBEDDING, sphere,
                  Signatures.PROTOTYPES, named(tf, Signatures.PROTOTYPES, assigned.prototypes()),
                  Signatures.POSTERIORS, named(tf, Signatures.POSTERIORS, assigned.posteriors()),
                  Signatures.KAPPAS, named(tf, Signatures.KAPPAS, assigned.kappas()),
                  Signatures.LOG_DENSITY,
                      named(tf, Signatures.LOG_DENSITY, assigned.logDensities()))));
    }
    return endpoints;
  }

  private static Operand<?> named(Ops tf, String name, Operand<?> value) {
    return tf.withName(name).identity(value);
  }
}
