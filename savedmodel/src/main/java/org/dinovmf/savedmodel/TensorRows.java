package org.dinovmf.savedmodel;

import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Java arrays to tensors and back. */
final class TensorRows {

  private TensorRows() {}

  /** {@code [batch]}; the caller closes it. */
  static TString bytes(byte[][] images) {
    NdArray<byte[]> array = NdArrays.ofObjects(byte[].class, Shape.of(images.length));
    for (int i = 0; i < images.length; i++) {
      array.setObject(images[i], i);
    }
    return TString.tensorOfBytes(array);
  }

  /** The rows of a float32 tensor {@code [batch, dim]}. */
  static float[][] copy(Tensor tensor) {
    TFloat32 floats = (TFloat32) tensor;
    int rows = (int) floats.shape().get(0);
    int dim = (int) floats.shape().get(1);
    float[][] copy = new float[rows][dim];
    var data = floats.asRawTensor().data().asFloats();
    for (int i = 0; i < rows; i++) {
      data.offset((long) i * dim).read(copy[i]);
    }
    return copy;
  }
}
