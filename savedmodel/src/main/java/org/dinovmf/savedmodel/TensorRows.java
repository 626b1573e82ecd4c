package org.dinovmf.savedmodel;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
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

  /** The values of a float32 tensor {@code [batch]}. */
  static float[] vector(Tensor tensor) {
    return flat(tensor);
  }

  /** The rows of a float32 tensor {@code [batch, dim]}. */
  static float[][] copy(Tensor tensor) {
    return rows(flat(tensor), 0, size(tensor, 0), size(tensor, 1));
  }

  /** The values of a float32 tensor {@code [batch, rows, dim]}. */
  static float[][][] copyCube(Tensor tensor) {
    int rows = size(tensor, 1);
    int dim = size(tensor, 2);
    float[] values = flat(tensor);
    float[][][] copy = new float[size(tensor, 0)][][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = rows(values, i * rows * dim, rows, dim);
    }
    return copy;
  }

  /** The values of a float32 tensor {@code [batch, maps, rows, columns]}. */
  static float[][][][] copyMaps(Tensor tensor) {
    int maps = size(tensor, 1);
    int rows = size(tensor, 2);
    int columns = size(tensor, 3);
    float[] values = flat(tensor);
    float[][][][] copy = new float[size(tensor, 0)][maps][][];
    for (int i = 0; i < copy.length; i++) {
      for (int map = 0; map < maps; map++) {
        copy[i][map] = rows(values, (i * maps + map) * rows * columns, rows, columns);
      }
    }
    return copy;
  }

  /** The rows of an int32 tensor {@code [batch, top]}. */
  static int[][] copyNumbers(TInt32 tensor) {
    int[][] copy = new int[size(tensor, 0)][size(tensor, 1)];
    for (int i = 0; i < copy.length; i++) {
      for (int j = 0; j < copy[i].length; j++) {
        copy[i][j] = tensor.getInt(i, j);
      }
    }
    return copy;
  }

  /** The first of the equal rows of a tensor of strings {@code [batch, names]}. */
  static List<String> firstRow(TString tensor) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < size(tensor, 1); i++) {
      names.add(tensor.getObject(0, i));
    }
    return names;
  }

  /** The values of a bool tensor {@code [batch]}. */
  static boolean[] copyFlags(TBool tensor) {
    boolean[] copy = new boolean[size(tensor, 0)];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = tensor.getBoolean(i);
    }
    return copy;
  }

  private static int size(Tensor tensor, int axis) {
    return (int) tensor.shape().get(axis);
  }

  private static float[] flat(Tensor tensor) {
    TFloat32 floats = (TFloat32) tensor;
    float[] values = new float[Math.toIntExact(floats.size())];
    floats.copyTo(DataBuffers.of(values, false, false));
    return values;
  }

  private static float[][] rows(float[] values, int from, int rows, int dim) {
    float[][] copy = new float[rows][dim];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(values, from + i * dim, copy[i], 0, dim);
    }
    return copy;
  }
}
