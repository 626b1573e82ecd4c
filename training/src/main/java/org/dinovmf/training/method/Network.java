package org.dinovmf.training.method;

import java.util.List;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.ProjectionHead;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.graph.Tokens;
import org.dinovmf.graph.Weights;
import org.dinovmf.ops.Kernels;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * What student or teacher says of its crops: tokens of the encoder, head and prototypes.
 *
 * @param <T> element type
 */
public final class Network<T extends TFloating> {

  /** Names of weights in a head begin so. */
  private static final String LAST_LAYER = "prototypes/";

  private static final String PATCH_PREFIX = "patch_";

  private final HeadConfig config;
  private final ProjectionHead<T> head;
  private final Operand<T> cls;
  private final Operand<T> patches;
  private final Operand<T> embeddings;
  private final PrototypeSet<T> clsPrototypes;
  private final PrototypeSet<T> patchPrototypes;

  /**
   * Applies the head to the tokens of an encoder.
   *
   * @param weights of the head
   * @param passes tokens of the global crops, then of the local ones where there are any
   */
  public Network(
      Ops tf,
      Kernels kernels,
      HeadConfig config,
      Method method,
      boolean isTeacher,
      Weights<T> weights,
      List<Tokens<T>> passes) {
    this.config = config;
    this.head = new ProjectionHead<>(config, kernels, weights);
    List<Operand<T>> tokens = passes.stream().map(Tokens::cls).toList();
    cls = tokens.size() == 1 ? tokens.get(0) : tf.concat(tokens, tf.constant(0));
    patches = passes.get(0).patches();
    embeddings = head.apply(tf, cls);
    Prototypes kind = method.prototypes().prototypes();
    clsPrototypes = new PrototypeSet<>(kernels, kind, kind.vectors(tf, weights, config));
    if (method.lastLayers().areSeparate(isTeacher)) {
      Weights<T> ofPatches =
          (name, shape, initializer) -> weights.get(PATCH_PREFIX + name, shape, initializer);
      patchPrototypes = new PrototypeSet<>(kernels, kind, kind.vectors(tf, ofPatches, config));
    } else {
      patchPrototypes = clsPrototypes;
    }
  }

  /** Whether a weight, by its full name, belongs to a last layer, which may be frozen. */
  public static boolean isLastLayer(String name) {
    return name.contains("/" + LAST_LAYER) || name.contains("/" + PATCH_PREFIX + LAST_LAYER);
  }

  /** The name of the last layer for patches where this is one for class tokens. */
  static String ofPatches(String name) {
    return name.replace("/" + LAST_LAYER, "/" + PATCH_PREFIX + LAST_LAYER);
  }

  /** {@code [crops * batch, dim]}: class tokens, crop-major, global crops first. */
  public Operand<T> cls() {
    return cls;
  }

  /** {@code [2 * batch, patches, dim]}: patches of the global crops. */
  Operand<T> patches() {
    return patches;
  }

  /** {@code [crops * batch, bottleneckDim]}: class tokens on the unit sphere. */
  Operand<T> embeddings() {
    return embeddings;
  }

  /** The prototypes that class tokens are compared with. */
  public PrototypeSet<T> prototypes() {
    return clsPrototypes;
  }

  /** The prototypes that patches are compared with. */
  PrototypeSet<T> patchPrototypes() {
    return patchPrototypes;
  }

  /**
   * The head.
   *
   * @param tokens {@code [rows, dim]}
   * @return {@code [rows, bottleneckDim]}, unit vectors
   */
  Operand<T> embed(Ops tf, Operand<T> tokens) {
    return head.apply(tf, tokens);
  }

  /** Numbers that a row costs at most in the head or among the prototypes. */
  int widestRow() {
    return Math.max(config.hiddenDim(), config.numPrototypes());
  }
}
