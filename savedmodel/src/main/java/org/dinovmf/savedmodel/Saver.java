package org.dinovmf.savedmodel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.dinovmf.graph.WeightStore.Variable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * The ops by which a SavedModel's loader restores the weights, under the names that it knows.
 *
 * @param filename scalar placeholder: path of a checkpoint without {@code .index}
 */
record Saver(Placeholder<TString> filename, Op save, Op restore) {

  private static final String SCOPE = "save";

  static final String FILENAME = SCOPE + "/filename";
  static final String SAVE = SCOPE + "/control_dependency";
  static final String RESTORE = SCOPE + "/restore_all";

  static Saver of(Ops root, List<Variable<?>> variables) {
    // One scope for all: a second of the same name would be numbered.
    Ops tf = root.withSubScope(SCOPE);
    Placeholder<TString> filename =
        tf.withName(local(FILENAME)).placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<String> names = variables.stream().map(Variable::name).toList();
    Operand<TString> nameList = tf.array(names.toArray(String[]::new));
    Operand<TString> slices =
        tf.array(Collections.nCopies(names.size(), "").toArray(String[]::new));

    List<Operand<?>> values = new ArrayList<>();
    for (Variable<?> variable : variables) {
      values.add(tf.readVariableOp(variable.handle(), variable.value().type()));
    }
    Op written = tf.train.save(filename, nameList, slices, values);
    Op save = tf.withControlDependencies(List.of(written)).withName(local(SAVE)).identity(filename);

    List<Class<? extends TType>> types = new ArrayList<>();
    variables.forEach(variable -> types.add(variable.value().type()));
    var restored = tf.train.restore(filename, nameList, slices, types).tensors();
    List<Op> assigned = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<?> variable = variables.get(i);
      Operand<? extends TType> value = restored.get(i).asOutput().expect(variable.value().type());
      assigned.add(tf.assignVariableOp(variable.handle(), tf.ensureShape(value, variable.shape())));
    }
    Op restore = tf.withControlDependencies(assigned).withName(local(RESTORE)).noOp();
    return new Saver(filename, save, restore);
  }

  static SaverDef definition() {
    return SaverDef.newBuilder()
        .setFilenameTensorName(FILENAME + ":0")
        .setSaveTensorName(SAVE + ":0")
        .setRestoreOpName(RESTORE)
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }

  private static String local(String name) {
    return name.substring(SCOPE.length() + 1);
  }
}
