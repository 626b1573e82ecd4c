package org.dinovmf.savedmodel;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Ways in and the ways out that belong to them, by the names that clients see.
 *
 * @param inputs by name
 * @param outputs by name
 */
record Endpoint(Ability ability, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {

  Endpoint {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  SignatureDef signature() {
    // Through the library's own class, which knows the element types' numbers.
    Signature.Builder builder = Signature.builder();
    inputs.forEach(builder::input);
    outputs.forEach(builder::output);
    Signature signature = builder.build();
    SignatureDef.Builder result = SignatureDef.newBuilder().setMethodName(Signatures.METHOD);
    signature.getInputs().forEach((name, tensor) -> result.putInputs(name, info(tensor)));
    signature.getOutputs().forEach((name, tensor) -> result.putOutputs(name, info(tensor)));
    return result.build();
  }

  private static TensorInfo info(Signature.TensorDescription tensor) {
    TensorInfo.Builder info = TensorInfo.newBuilder();
    info.setName(tensor.name).setDtype(tensor.dataType);
    for (long size : tensor.shape.asArray()) {
      info.getTensorShapeBuilder().addDimBuilder().setSize(size);
    }
    return info.build();
  }
}
