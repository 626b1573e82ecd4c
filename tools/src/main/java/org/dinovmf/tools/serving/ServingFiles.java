package org.dinovmf.tools.serving;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.EncoderExporter;
import org.dinovmf.savedmodel.EncoderWeights;
import org.dinovmf.savedmodel.ExportConfig;
import org.dinovmf.savedmodel.Signatures;
import org.dinovmf.savedmodel.onnx.OnnxExporter;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.training.RunRecord;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/** A folder from which TensorFlow Serving, Triton or KServe serve an encoder. */
public final class ServingFiles {

  private ServingFiles() {}

  /**
   * Exports an encoder twice, as SavedModel and as ONNX, with what each server wants beside it.
   *
   * @param folder to make; new, and there only when it is whole
   * @param name by which the model is served: lower-case letters, digits and '-', as it stands in
   *     each file and is that of a folder
   * @param step of the checkpoint
   */
  public static void write(
      Path folder,
      String name,
      CheckpointSource source,
      RunRecord run,
      MetricsLog metrics,
      long step)
      throws IOException {
    Path target = folder.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path aside = Files.createTempDirectory(target.getParent(), target.getFileName() + ".partial-");
    try {
      Path made = Files.createDirectory(aside.resolve("made")); // of the usual permissions
      fill(made, name, source, run, metrics, step);
      Files.move(made, target);
    } finally {
      MoreFiles.deleteRecursively(aside, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void fill(
      Path folder,
      String name,
      CheckpointSource source,
      RunRecord run,
      MetricsLog metrics,
      long step)
      throws IOException {
    Path version =
        EncoderExporter.export(
            source, ExportConfig.standard(), folder.resolve("models").resolve(name));
    Map<String, SignatureDef> signatures;
    try (InputStream in = Files.newInputStream(version.resolve("saved_model.pb"))) {
      signatures = SavedModel.parseFrom(in).getMetaGraphs(0).getSignatureDefMap();
    }
    triton(folder.resolve("triton"), name, source, version, signatures);
    Files.writeString(folder.resolve("models.config"), modelsConfig(name));
    Files.writeString(
        folder.resolve("Dockerfile"),
        """
        # Untested: no check of dino-vmf builds this image.
        # docker build -t %s . && docker run -p 8501:8501 %s
        FROM tensorflow/serving:2.18.0
        COPY models /models
        COPY models.config /models/models.config
        CMD ["--model_config_file=/models/models.config"]
        """
            .formatted(name, name));
    Files.writeString(folder.resolve("kserve.yaml"), kserve(name));
    long parameters = EncoderWeights.count(source);
    Files.writeString(
        folder.resolve("README.md"),
        new ModelCard(name, run, metrics, step, parameters).text(signatures));
  }

  private static String modelsConfig(String name) {
    return """
        model_config_list {
          config {
            name: "%s"
            base_path: "/models/%s"
            model_platform: "tensorflow"
          }
        }
        """
        .formatted(name, name);
  }

  /** The name is quoted: {@code null} and {@code true} are names, too. */
  static String kserve(String name) {
    return """
        # The folder models is what storageUri points to, on a volume or in a bucket.
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: "%s"
        spec:
          predictor:
            model:
              modelFormat:
                name: tensorflow
              storageUri: pvc://models/%s
        """
        .formatted(name, name);
  }

  private static void triton(
      Path folder,
      String name,
      CheckpointSource source,
      Path version,
      Map<String, SignatureDef> signatures)
      throws IOException {
    Path onnx = folder.resolve(name);
    OnnxExporter.export(source, onnx.resolve("1").resolve("model.onnx"));
    Files.writeString(
        onnx.resolve("config.pbtxt"),
        TritonConfig.onnx(name, signatures.get(Signatures.FROM_PIXELS)));
    String other = name + "-savedmodel";
    Path saved = folder.resolve(other);
    copy(version, saved.resolve("1").resolve("model.savedmodel"));
    Files.writeString(
        saved.resolve("config.pbtxt"),
        TritonConfig.savedModel(
            other, Signatures.SERVING_DEFAULT, signatures.get(Signatures.SERVING_DEFAULT)));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
