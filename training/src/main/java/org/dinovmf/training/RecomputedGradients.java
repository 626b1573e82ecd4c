package org.dinovmf.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.dinovmf.graph.EncoderPass;
import org.dinovmf.graph.VisionTransformer;
import org.dinovmf.graph.WeightStore.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Gradients of a loss that keep of an encoder only what lies between its blocks; Chen et al.,
 * "Training Deep Nets with Sublinear Memory Cost", 2016. From the last block to the first, each is
 * built a second time when the gradient of its output is there, so that one of them is held at
 * once.
 *
 * @param encoder prefix of the encoder's weights, such as {@code student/backbone}
 * @param passes of the encoder through which the loss depends on its weights
 */
record RecomputedGradients<T extends TFloating>(
    Graph graph, String encoder, List<EncoderPass<T>> passes) {

  private static final String NORM = VisionTransformer.NORM + "/";

  /**
   * The gradients.
   *
   * @param loss scalar
   * @param weights those of the encoder's and any after it
   * @return of the shapes of {@code weights}
   */
  List<Operand<T>> of(Ops tf, Operand<T> loss, List<Variable<T>> weights) {
    Map<String, Operand<T>> found = new LinkedHashMap<>();
    int depth = passes.get(0).states().size() - 1;
    List<Variable<T>> after = where(weights, name -> !isBelow(name, "") || isBelow(name, NORM));
    List<Operand<T>> gradients = add(found, List.of(loss), List.of(), states(depth), after);
    for (int i = depth - 1; i >= 0; i--) {
      // Those of weights, too: until they are there, what lies inside the block is held.
      Ops then = tf.withControlDependencies(gradients.toArray(new Op[0]));
      List<Operand<T>> inputs = new ArrayList<>();
      List<Operand<T>> outputs = new ArrayList<>();
      for (EncoderPass<T> pass : passes) {
        Operand<T> input = then.identity(pass.states().get(i));
        inputs.add(input);
        outputs.add(pass.blocks().apply(tf, i, input));
      }
      String block = VisionTransformer.BLOCKS + "/" + i + "/";
      List<Variable<T>> inside = where(weights, name -> isBelow(name, block));
      gradients = add(found, outputs, gradients.subList(0, passes.size()), inputs, inside);
    }
    List<Variable<T>> before = where(weights, name -> !found.containsKey(name));
    add(found, states(0), gradients.subList(0, passes.size()), List.of(), before);
    return weights.stream().map(weight -> found.get(weight.name())).toList();
  }

  private boolean isBelow(String name, String path) {
    return name.startsWith(encoder + "/" + path);
  }

  private List<Operand<T>> states(int index) {
    return passes.stream().map(pass -> pass.states().get(index)).toList();
  }

  private static <T extends TFloating> List<Variable<T>> where(
      List<Variable<T>> weights, Predicate<String> condition) {
    return weights.stream().filter(weight -> condition.test(weight.name())).toList();
  }

  /**
   * Adds gradients of weights to those found.
   *
   * @param ofOutputs gradients of the outputs; empty for ones
   * @return gradients of {@code inputs}, then those of {@code weights}
   */
  private List<Operand<T>> add(
      Map<String, Operand<T>> found,
      List<Operand<T>> outputs,
      List<Operand<T>> ofOutputs,
      List<Operand<T>> inputs,
      List<Variable<T>> weights) {
    List<Operand<T>> sought = new ArrayList<>(inputs);
    weights.forEach(weight -> sought.add(weight.value()));
    Output<?>[] given = ofOutputs.isEmpty() ? null : array(ofOutputs);
    Output<?>[] gradients = graph.addGradients(null, array(outputs), array(sought), given);
    List<Operand<T>> typed = new ArrayList<>();
    for (int i = 0; i < gradients.length; i++) {
      typed.add(gradients[i].expect(sought.get(i).type()));
    }
    for (int i = 0; i < weights.size(); i++) {
      found.put(weights.get(i).name(), typed.get(inputs.size() + i));
    }
    return typed;
  }

  private static <T extends TFloating> Output<?>[] array(List<Operand<T>> operands) {
    return operands.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
  }
}
