package org.dinovmf.tools.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.KernelDef;
import org.tensorflow.proto.KernelList;
import org.tensorflow.proto.NodeDef;

/** The kernels that TensorFlow's native library has, whatever devices there are. */
final class KernelRegistry {

  /** Kernels of this type serve every device that has none of its own. */
  private static final String ANY_DEVICE = "DEFAULT";

  private final Map<String, List<KernelDef>> kernels = new HashMap<>();

  /** Whether an op of these types can run on a device of a type such as {@code GPU}. */
  boolean has(NodeDef node, String device) {
    return kernels.computeIfAbsent(node.getOp(), KernelRegistry::kernels).stream()
        .filter(
            kernel ->
                kernel.getDeviceType().equals(device) || kernel.getDeviceType().equals(ANY_DEVICE))
        .anyMatch(kernel -> serves(kernel, node));
  }

  private static boolean serves(KernelDef kernel, NodeDef node) {
    return kernel.getConstraintList().stream()
        .allMatch(
            constraint ->
                constraint
                    .getAllowedValues()
                    .getList()
                    .getTypeList()
                    .containsAll(types(node.getAttrMap().get(constraint.getName()))));
  }

  private static List<DataType> types(AttrValue value) {
    return value.hasList() ? value.getList().getTypeList() : List.of(value.getType());
  }

  private static List<KernelDef> kernels(String op) {
    TF_Status status = TF_Status.newStatus();
    TF_Buffer buffer = tensorflow.TF_GetRegisteredKernelsForOp(op, status);
    try {
      status.throwExceptionIfNotOK();
      byte[] bytes = new byte[(int) buffer.length()];
      new BytePointer(buffer.data()).get(bytes);
      return KernelList.parseFrom(bytes).getKernelList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    } finally {
      tensorflow.TF_DeleteBuffer(buffer);
    }
  }
}
