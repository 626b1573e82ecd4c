package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.IdentityN;
import org.tensorflow.types.family.TType;

/**
 * Gives a subgraph the gradient that its author declares, in place of the one that TensorFlow would
 * derive op by op.
 *
 * <p>The subgraph's inputs and outputs pass through one {@code IdentityN}, an op without a gradient
 * in TensorFlow Java and the one that Python's {@code custom_gradient} uses as well. TensorFlow
 * takes one gradient function for each op type and process, and about ten in all, so a single
 * dispatcher serves every declaration: it finds the function by the graph and by the name that the
 * op got in it.
 *
 * <p>Declarations nest. An operand that a gradient function captures is differentiated by its own
 * ops when the gradient itself is differentiated, so second derivatives are right if the function
 * is built from differentiable ops. TensorFlow needs an explicit {@code dx} in the first of two
 * {@code addGradients}, because the ones it makes by default have no gradient.
 *
 * <p>Declarations live as long as their graph is open. Those of closed graphs are dropped when the
 * next graph makes its first declaration, so what is held is bounded by the number of open graphs;
 * TensorFlow Java itself holds on to a graph that is never closed.
 *
 * <p>Safe for several threads that build several graphs, as TensorFlow's own graphs are.
 */
public final class DeclaredGradient {

  /**
   * The gradient of a subgraph.
   *
   * <p>It runs inside TensorFlow's gradient builder, which holds the graph's lock. So it must build
   * its ops from the {@code tf} that it is given, and must <b>not</b> ask an operand for its shape:
   * the process would hang. Take static shapes when the subgraph is built and capture them.
   *
   * @param <T> element type
   */
  @FunctionalInterface
  public interface GradientFunction<T extends TType> {

    /**
     * Builds the gradients with respect to the inputs of the subgraph.
     *
     * @param outputGradients one for each output, of its shape
     * @return one for each input, of its shape
     */
    List<Operand<T>> apply(Ops tf, List<Operand<T>> outputGradients);
  }

  private static final Map<ExecutionEnvironment, GraphDeclarations> DECLARATIONS =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private static boolean registered;

  /** The declarations of one graph by op name; {@code anchor} tells whether it is still open. */
  private record GraphDeclarations(GraphOperation anchor, Map<String, Declaration<?>> byName) {

    boolean isOpen() {
      try {
        anchor.env();
        return true;
      } catch (IllegalStateException e) {
        return false; // the documented answer of a closed graph
      }
    }
  }

  private record Declaration<T extends TType>(
      int numInputs, int numOutputs, GradientFunction<T> function) {

    /** Answers for the carrier: gradients of the inputs, then something for each output. */
    @SuppressWarnings("unchecked") // the carrier was built from operands of T
    List<Operand<?>> apply(Ops tf, List<Output<?>> carried) {
      List<Operand<T>> outputGradients = new ArrayList<>(numOutputs);
      for (Output<?> gradient : carried.subList(numInputs, numInputs + numOutputs)) {
        outputGradients.add((Output<T>) gradient);
      }
      List<Operand<T>> inputGradients = function.apply(tf, outputGradients);
      if (inputGradients.size() != numInputs) {
        throw new IllegalStateException(
            "a gradient function must return one gradient for each of its %d inputs, but gave %d"
                .formatted(numInputs, inputGradients.size()));
      }
      List<Operand<?>> answer = new ArrayList<>(inputGradients);
      answer.addAll(outputGradients); // ends at the stopGradient in front of each output
      return answer;
    }
  }

  private DeclaredGradient() {}

  /**
   * Declares the gradient of a subgraph with several outputs.
   *
   * @param inputs operands that {@code outputs} are computed from. They get exactly the declared
   *     gradient through this subgraph; what else is computed from them adds to it as usual
   * @param outputs computed from {@code inputs} by any ops, differentiable or not
   * @param gradient called once each time that {@code addGradients} passes here
   * @return the outputs, with the declared gradient
   * @throws IllegalStateException on Windows and outside graph mode
   */
  public static <T extends TType> List<Operand<T>> of(
      Ops tf,
      List<? extends Operand<T>> inputs,
      List<? extends Operand<T>> outputs,
      GradientFunction<T> gradient) {
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "a declared gradient needs inputs and outputs, but has %d and %d"
              .formatted(inputs.size(), outputs.size()));
    }
    register();
    List<Operand<?>> carried = new ArrayList<>(inputs);
    for (Operand<T> output : outputs) {
      carried.add(tf.stopGradient(output));
    }
    IdentityN carrier = tf.withName("declared_gradient").identityN(carried);
    if (!(carrier.op() instanceof GraphOperation operation)) {
      throw new IllegalStateException(
          "a declared gradient needs a graph, but the ops are built in "
              + tf.scope().env().getClass().getSimpleName());
    }
    declare(operation, new Declaration<>(inputs.size(), outputs.size(), gradient));
    List<Operand<T>> results = new ArrayList<>(outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      results.add(operation.output(inputs.size() + i));
    }
    return results;
  }

  /** Declares the gradient of a subgraph with one output. */
  public static <T extends TType> Operand<T> of(
      Ops tf, List<? extends Operand<T>> inputs, Operand<T> output, GradientFunction<T> gradient) {
    return of(tf, inputs, List.of(output), gradient).get(0);
  }

  private static void declare(GraphOperation carrier, Declaration<?> declaration) {
    synchronized (DECLARATIONS) {
      if (!DECLARATIONS.containsKey(carrier.env())) {
        DECLARATIONS.values().removeIf(declarations -> !declarations.isOpen());
        DECLARATIONS.put(carrier.env(), new GraphDeclarations(carrier, new ConcurrentHashMap<>()));
      }
      DECLARATIONS.get(carrier.env()).byName().put(carrier.name(), declaration);
    }
  }

  /** How many graphs have declarations that are held now. */
  static int numGraphsHeld() {
    return DECLARATIONS.size();
  }

  private static synchronized void register() {
    if (registered) {
      return;
    }
    requireSupported(System.getProperty("os.name", ""));
    if (!TensorFlow.registerCustomGradient(IdentityN.OP_NAME, DeclaredGradient::dispatch)) {
      throw new IllegalStateException(
          "another library has registered a gradient for IdentityN, which declared gradients"
              + " need for themselves; train in a process without it");
    }
    registered = true;
  }

  static void requireSupported(String osName) {
    if (osName.toLowerCase(Locale.ROOT).startsWith("windows")) {
      throw new IllegalStateException(
          "training needs Linux or macOS, but this is %s: TensorFlow Java cannot register gradients here; use WSL"
              .formatted(osName));
    }
  }

  /**
   * An exception must not cross the native frames of the gradient builder, which would leave the
   * graph locked. So it goes to the thread's handler of uncaught exceptions, and the empty answer
   * makes {@code addGradients} fail.
   */
  private static List<Operand<?>> dispatch(
      Ops tf, GraphOperation carrier, List<Output<?>> carried) {
    try {
      GraphDeclarations declarations = DECLARATIONS.get(carrier.env());
      Declaration<?> declaration =
          declarations == null ? null : declarations.byName().get(carrier.name());
      if (declaration == null) {
        throw new IllegalStateException(
            "IdentityN '%s' has no declared gradient: a graph that was imported must be built anew to be differentiated"
                .formatted(carrier.name()));
      }
      return declaration.apply(tf, carried);
    } catch (RuntimeException | Error e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      return List.of();
    }
  }
}
