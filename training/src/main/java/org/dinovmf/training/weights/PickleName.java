package org.dinovmf.training.weights;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The classes and functions that a checkpoint may name. They are only names here: nothing is looked
 * up or called, and what has no meaning below is read over.
 */
enum PickleName {
  ORDERED_DICT("collections", "OrderedDict"),
  REBUILD_TENSOR("torch._utils", "_rebuild_tensor"),
  REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2"),
  REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
  SIZE("torch", "Size"),
  DOUBLE_STORAGE("torch", ElementType.F64.torchStorage()),
  FLOAT_STORAGE("torch", ElementType.F32.torchStorage()),
  HALF_STORAGE("torch", ElementType.F16.torchStorage()),
  BFLOAT16_STORAGE("torch", ElementType.BF16.torchStorage()),
  LONG_STORAGE("torch", ElementType.I64.torchStorage()),
  INT_STORAGE("torch", ElementType.I32.torchStorage()),
  SHORT_STORAGE("torch", ElementType.I16.torchStorage()),
  CHAR_STORAGE("torch", ElementType.I8.torchStorage()),
  BYTE_STORAGE("torch", ElementType.U8.torchStorage()),
  BOOL_STORAGE("torch", ElementType.BOOL.torchStorage()),
  /** The arguments of the published training scripts. */
  NAMESPACE("argparse", "Namespace"),
  DEVICE("torch", "device"),
  SET("builtins", "set"),
  OLD_SET("__builtin__", "set"),
  /** Learning rates come from NumPy arrays, so an optimizer's state has NumPy's scalars. */
  SCALAR("numpy.core.multiarray", "scalar"),
  NEW_SCALAR("numpy._core.multiarray", "scalar"),
  RECONSTRUCT("numpy.core.multiarray", "_reconstruct"),
  NEW_RECONSTRUCT("numpy._core.multiarray", "_reconstruct"),
  DTYPE("numpy", "dtype"),
  ARRAY("numpy", "ndarray"),
  /** How Python 3 writes bytes into a pickle that Python 2 can read. */
  ENCODE("_codecs", "encode");

  private static final Map<String, PickleName> BY_NAME = new HashMap<>();

  static {
    for (PickleName name : values()) {
      BY_NAME.put(name.module + "." + name.local, name);
    }
  }

  private final String module;
  private final String local;

  PickleName(String module, String local) {
    this.module = module;
    this.local = local;
  }

  String module() {
    return module;
  }

  String local() {
    return local;
  }

  /** The name, if it is on the list. */
  static Optional<PickleName> find(String module, String local) {
    return Optional.ofNullable(BY_NAME.get(module + "." + local));
  }

  /** The element type, if this is a class of storages. */
  Optional<ElementType> elementType() {
    for (ElementType type : ElementType.values()) {
      if (module.equals("torch") && type.torchStorage().equals(local)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
