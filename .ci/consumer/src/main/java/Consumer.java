import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Embeds a file by a model, with TensorFlow alone on the class path: MODEL FILE. */
public final class Consumer {

  public static void main(String[] args) throws Exception {
    var file = NdArrays.ofObjects(byte[].class, Shape.of(1));
    file.setObject(Files.readAllBytes(Path.of(args[1])), 0);
    try (SavedModelBundle model = SavedModelBundle.load(args[0]);
        Tensor images = TString.tensorOfBytes(file);
        var answer = model.function("serving_default").call(Map.of("image_bytes", images))) {
      TFloat32 embedding = (TFloat32) answer.get("embedding").orElseThrow();
      System.out.println(embedding.shape() + " " + embedding.getFloat(0, 0));
    }
  }
}
