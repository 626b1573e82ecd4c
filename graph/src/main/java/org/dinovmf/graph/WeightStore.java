package org.dinovmf.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * The variables of one graph, by name: the only place that makes one.
 *
 * <p>They are resource variables. A weight's start depends on the seed and on its name below the
 * prefix alone, so that {@code student/x} and {@code teacher/x} start equal, whatever else the
 * graph holds. Not thread safe.
 *
 * @param <T> element type of every variable
 */
public final class WeightStore<T extends TFloating> {

  /**
   * A variable.
   *
   * @param name full name, such as {@code student/backbone/cls_token}
   * @param value read once, before any update of the step
   */
  public record Variable<T extends TFloating>(
      String name, Shape shape, Operand<? extends TType> handle, Operand<T> value, Op initialize) {}

  private final Ops tf;
  private final Class<T> type;
  private final long seed;
  private final Map<String, Variable<T>> variables = new LinkedHashMap<>();

  public WeightStore(Ops tf, Class<T> type, long seed) {
    this.tf = tf;
    this.type = type;
    this.seed = seed;
  }

  /** Weights below a prefix; each is made when it is first asked for. */
  public Weights<T> under(String prefix) {
    return under(prefix, name -> name);
  }

  /**
   * Weights below a prefix, of which some start as another weight does.
   *
   * @param startsAs the name, below the prefix, that a weight's start depends on
   */
  public Weights<T> under(String prefix, UnaryOperator<String> startsAs) {
    return (name, shape, initializer) ->
        variable(prefix, name, startsAs.apply(name), shape, initializer).value();
  }

  /**
   * The variable {@code prefix/name}, made when it is first asked for.
   *
   * @throws IllegalArgumentException if it exists with another shape
   */
  public Variable<T> variable(String prefix, String name, Shape shape, Initializer initializer) {
    return variable(prefix, name, name, shape, initializer);
  }

  private Variable<T> variable(
      String prefix, String name, String startsAs, Shape shape, Initializer initializer) {
    String fullName = prefix + "/" + name;
    Variable<T> known = variables.get(fullName);
    if (known != null) {
      if (!known.shape().equals(shape)) {
        throw new IllegalArgumentException(
            "weight '%s' is asked for as %s but is %s".formatted(fullName, shape, known.shape()));
      }
      return known;
    }
    return made(fullName, initializer.value(tf, shape, type, seed ^ fingerprint(startsAs)));
  }

  /**
   * Makes a variable that holds what is computed from others: initializing it computes it anew.
   *
   * @param start of a known shape
   * @throws IllegalArgumentException if there is one of that name
   */
  public Variable<T> derived(String fullName, Operand<T> start) {
    if (variables.containsKey(fullName)) {
      throw new IllegalArgumentException("there is a weight '%s' already".formatted(fullName));
    }
    return made(fullName, start);
  }

  private Variable<T> made(String fullName, Operand<T> start) {
    Shape shape = start.shape();
    VarHandleOp handle = tf.varHandleOp(type, shape, VarHandleOp.sharedName(fullName));
    Operand<T> value = tf.readVariableOp(handle, type);
    Op initialize = tf.assignVariableOp(handle, start);
    Variable<T> made = new Variable<>(fullName, shape, handle, value, initialize);
    variables.put(fullName, made);
    return made;
  }

  /** The variable of the given full name. */
  public Variable<T> variable(String fullName) {
    Variable<T> known = variables.get(fullName);
    if (known == null) {
      throw new IllegalArgumentException("there is no weight '%s'".formatted(fullName));
    }
    return known;
  }

  /** Every variable in the order of making. */
  public List<Variable<T>> variables() {
    return List.copyOf(variables.values());
  }

  /** The variables whose full name starts with {@code prefix/}, in the order of making. */
  public List<Variable<T>> variables(String prefix) {
    return variables.values().stream().filter(v -> v.name().startsWith(prefix + "/")).toList();
  }

  /** Gives every variable made so far its start. */
  public Op initialize() {
    return group(tf, variables.values().stream().map(Variable::initialize).toList());
  }

  /**
   * Ops that write and read variables in TensorFlow's own checkpoint format.
   *
   * @param file scalar placeholder: path of the checkpoint without {@code .index}
   */
  public record Persistence(Operand<TString> file, Op save, Op restore) {}

  /** Ops that save and restore the given variables under their full names. */
  public Persistence persistence(List<Variable<T>> saved) {
    Operand<TString> file = tf.placeholder(TString.class);
    String[] names = saved.stream().map(Variable::name).toArray(String[]::new);
    String[] slices = new String[names.length];
    Arrays.fill(slices, "");
    List<Operand<?>> values = new ArrayList<>();
    List<Class<? extends TType>> types = new ArrayList<>();
    for (Variable<T> variable : saved) {
      // A fresh read: the shared one is for the training step.
      values.add(tf.readVariableOp(variable.handle(), type));
      types.add(type);
    }
    Op save = tf.train.save(file, tf.array(names), tf.array(slices), values);
    var restored = tf.train.restore(file, tf.array(names), tf.array(slices), types);
    List<Op> assigns = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      Operand<T> value = restored.tensors().get(i).asOutput().expect(type);
      Operand<T> shaped = tf.ensureShape(value, saved.get(i).shape());
      assigns.add(tf.assignVariableOp(saved.get(i).handle(), shaped));
    }
    return new Persistence(file, save, group(tf, assigns));
  }

  /** One op that runs all of the given ones. */
  public static NoOp group(Ops tf, List<? extends Op> ops) {
    return tf.withControlDependencies(List.copyOf(ops)).noOp();
  }

  /** FNV-1a, 64 bits: stable across versions of Java, unlike a hash code's use for seeds. */
  private static long fingerprint(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
