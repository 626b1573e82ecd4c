package org.dinovmf.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.graph.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The variables of an encoder's graph: the weights of the checkpoint, and what is computed from
 * them once, after they are restored, so that no call of the model computes it again.
 */
final class ModelVariables {

  /** Of no effect: each start is replaced by the checkpoint's value. */
  private static final long SEED = 0;

  private final Ops tf;
  private final WeightStore<TFloat32> trained;
  private final WeightStore<TFloat32> constants;
  private final RoundedWeights<? extends TFloating> rounded;
  private final WeightType type;

  ModelVariables(Ops tf, WeightType type) {
    this.tf = tf;
    this.type = type;
    trained = new WeightStore<>(tf, TFloat32.class, SEED);
    constants = new WeightStore<>(tf, TFloat32.class, SEED);
    rounded = new RoundedWeights<>(tf, type.type(), type.label());
  }

  /** The weights below a prefix as the model keeps them. */
  Weights<TFloat32> kept(String prefix) {
    Weights<TFloat32> exact = exact(prefix);
    return switch (type) {
      case FLOAT32 -> exact;
      case FLOAT16, BFLOAT16 ->
          (name, shape, initializer) ->
              rounded.of(prefix + "/" + name, exact.get(name, shape, initializer));
    };
  }

  /** The weights below a prefix as the checkpoint has them. */
  Weights<TFloat32> exact(String prefix) {
    return trained.under(prefix);
  }

  /** A value that depends on weights alone, kept. */
  Operand<TFloat32> constant(String name, Operand<TFloat32> value) {
    return constants.derived(name, value).value();
  }

  /** Those that a checkpoint must have. */
  List<Variable<TFloat32>> trained() {
    return trained.variables();
  }

  /** All of them. */
  List<Variable<?>> all() {
    List<Variable<?>> all = new ArrayList<>(trained.variables());
    all.addAll(constants.variables());
    all.addAll(rounded.variables());
    return all;
  }

  WeightStore.Persistence checkpoint() {
    return trained.persistence(trained.variables());
  }

  /** Computes what depends on the weights, once they are restored. */
  Op derive() {
    return WeightStore.group(tf, List.of(constants.initialize(), rounded.initialize()));
  }

  /** Copies of weights in another type. */
  private static final class RoundedWeights<T extends TFloating> {

    private final Ops tf;
    private final Class<T> type;
    private final String prefix;
    private final WeightStore<T> store;
    private final Map<String, Operand<TFloat32>> made = new HashMap<>();

    RoundedWeights(Ops tf, Class<T> type, String prefix) {
      this.tf = tf;
      this.type = type;
      this.prefix = prefix;
      store = new WeightStore<>(tf, type, SEED);
    }

    /** A weight is asked for by each copy of the encoder, and rounded once. */
    Operand<TFloat32> of(String name, Operand<TFloat32> exact) {
      return made.computeIfAbsent(
          name,
          key -> {
            Operand<T> start = tf.dtypes.cast(exact, type);
            return tf.dtypes.cast(store.derived(prefix + "/" + key, start).value(), TFloat32.class);
          });
    }

    List<Variable<T>> variables() {
      return store.variables();
    }

    Op initialize() {
      return store.initialize();
    }
  }
}
