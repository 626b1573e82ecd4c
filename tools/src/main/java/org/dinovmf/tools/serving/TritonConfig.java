package org.dinovmf.tools.serving;

import java.util.List;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;

/** The {@code config.pbtxt} of a model in a repository of Triton. */
final class TritonConfig {

  /** Triton batches up to so many requests; a larger batch must be split by the client. */
  private static final int MAX_BATCH = 32;

  private TritonConfig() {}

  /** For a SavedModel, which Triton reads up to version 25.02. */
  static String savedModel(String name, String signatureKey, SignatureDef signature) {
    return head(name, "tensorflow_savedmodel", signature)
        + """
        parameters {
          key: "TF_SIGNATURE_DEF"
          value { string_value: "%s" }
        }
        parameters {
          key: "TF_GRAPH_TAG"
          value { string_value: "serve" }
        }
        """
            .formatted(signatureKey);
  }

  /** For an ONNX file, whose names and sizes are those of the signature of pixels. */
  static String onnx(String name, SignatureDef pixels) {
    return head(name, "onnxruntime_onnx", pixels);
  }

  private static String head(String name, String platform, SignatureDef signature) {
    return """
        name: "%s"
        platform: "%s"
        max_batch_size: %d
        """
            .formatted(name, platform, MAX_BATCH)
        + tensors("input", ServedTensor.of(signature.getInputsMap()))
        + tensors("output", ServedTensor.of(signature.getOutputsMap()));
  }

  private static String tensors(String kind, List<ServedTensor> tensors) {
    StringBuilder text = new StringBuilder();
    for (ServedTensor tensor : tensors) {
      // A tensor must have a size besides the batch, which is then taken out again.
      String sizes =
          tensor.sizes().isEmpty()
              ? "dims: [ 1 ]\n  reshape { shape: [ ] }"
              : "dims: " + tensor.sizes();
      text.append(
          """
          %s {
            name: "%s"
            data_type: %s
            %s
          }
          """
              .formatted(kind, tensor.name(), type(tensor.type()), sizes));
    }
    return text.toString();
  }

  private static String type(DataType type) {
    return switch (type) {
      case DT_STRING -> "TYPE_STRING";
      case DT_FLOAT -> "TYPE_FP32";
      case DT_BOOL -> "TYPE_BOOL";
      case DT_UINT8 -> "TYPE_UINT8";
      case DT_INT32 -> "TYPE_INT32";
      default ->
          throw new IllegalArgumentException("no signature of an encoder has the type " + type);
    };
  }
}
