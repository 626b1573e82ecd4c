package org.dinovmf.ops;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TFloating;

/**
 * Ops that XLA compiles into few passes over memory, where one after the other they would take one
 * each. Compiled once for each shape of operands, when a session first runs it.
 *
 * <p>It belongs to the process, and any number of graphs call it. It has no gradient.
 */
final class CompiledFunction {

  /** What is computed. */
  @FunctionalInterface
  interface Body {

    /** Adds the ops and gives the result; inputs are of no known shape. */
    Operand<?> apply(Ops tf, List<Output<?>> inputs);
  }

  private final ConcreteFunction function;

  private CompiledFunction(ConcreteFunction function) {
    this.function = function;
  }

  /** A function of operands of these types. */
  static CompiledFunction of(String name, List<Class<? extends TFloating>> inputTypes, Body body) {
    return new CompiledFunction(
        ConcreteFunction.create(
            tf -> {
              Signature.Builder signature = Signature.builder(name);
              List<Output<?>> inputs = new ArrayList<>();
              for (Class<? extends TFloating> type : inputTypes) {
                Output<?> input =
                    tf.placeholder(type, Placeholder.shape(Shape.unknown())).asOutput();
                signature.input("x" + inputs.size(), input);
                inputs.add(input);
              }
              return signature.output("y", body.apply(tf, inputs)).build();
            }));
  }

  /**
   * Makes the function known to a graph, before it is called. Not inside a gradient function, where
   * the graph is locked.
   */
  CompiledFunction in(Ops tf) {
    tf.scope().env().attachFunction(function);
    return this;
  }

  /** Calls the function; the shape of the result is not known to the graph. */
  <T extends TFloating> Operand<T> call(Ops tf, Operand<?>... inputs) {
    return RawOps.compiledCall(tf, function.getDefinedName(), inputs);
  }
}
