package org.dinovmf.tools.machine;

import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.Loader;

/** The libraries that the CUDA build of TensorFlow looks for when it meets a GPU. */
public final class CudaLibraries {

  /** Of TensorFlow 2.18, which opens them by these names; the first comes with the driver. */
  private static final List<String> NAMES =
      List.of(
          "libcuda.so.1",
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcufft.so.11",
          "libcusolver.so.11",
          "libcusparse.so.12",
          "libcudnn.so.9");

  private CudaLibraries() {}

  /** Those that cannot be opened here, as TensorFlow would open them; tried one by one. */
  public static List<String> missing() {
    return missing(CudaLibraries::opens);
  }

  static List<String> missing(Predicate<String> opens) {
    return NAMES.stream().filter(name -> !opens.test(name)).toList();
  }

  private static boolean opens(String name) {
    try {
      Loader.loadGlobal(name);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
