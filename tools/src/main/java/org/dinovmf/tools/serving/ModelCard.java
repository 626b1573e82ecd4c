package org.dinovmf.tools.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.tools.report.MetricsLog;
import org.dinovmf.tools.report.Terminal;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * The description of a model in the form that Hugging Face reads: what the run's files say, and
 * numbers that were measured.
 *
 * @param step of the checkpoint
 * @param parameters of the encoder
 */
record ModelCard(String name, RunRecord run, MetricsLog metrics, long step, long parameters) {

  String text(Map<String, SignatureDef> signatures) {
    return header() + body(signatures);
  }

  private String header() {
    StringBuilder yaml =
        new StringBuilder(
            """
            ---
            library_name: dino-vmf
            pipeline_tag: image-feature-extraction
            tags:
              - self-supervised-learning
              - vision-transformer
              - tensorflow
              - onnx
            """);
    // What is listed without its step must be of this checkpoint.
    measured()
        .filter(line -> line.step() == step)
        .ifPresent(
            line -> {
              yaml.append(
                  """
                  model-index:
                    - name: "%s"
                      results:
                        - task:
                            type: image-feature-extraction
                          dataset:
                            name: queries of the run's evaluation
                            type: imagefolder
                          metrics:
                  """
                      .formatted(name));
              accuracies(line)
                  .forEach(
                      (metric, value) ->
                          yaml.append(
                              """
                                      - type: accuracy
                                        name: %s
                                        value: %s
                              """
                                  .formatted(metric, value)));
            });
    return yaml.append("---\n").toString();
  }

  private String body(Map<String, SignatureDef> signatures) {
    ModelConfig model = run.config().model();
    VitConfig encoder = model.encoder();
    List<String> facts = new ArrayList<>();
    facts.add(
        "| encoder | ViT, %d blocks, %d wide, %d heads, patches of %d pixels |"
            .formatted(
                encoder.depth(), encoder.embedDim(), encoder.numHeads(), encoder.patchSize()));
    facts.add("| parameters of the encoder | %d |".formatted(parameters));
    facts.add(
        "| input | %d pixels, %d channels |"
            .formatted(run.config().evaluation().crop(), encoder.inChannels()));
    if (isTrained()) {
      facts.add(
          "| prototypes | %d (%s) |"
              .formatted(model.head().numPrototypes(), model.method().prototypes().label()));
    }
    if (isTrained()) {
      facts.add("| steps of training | %d |".formatted(step));
      facts.add("| images of a step | %d |".formatted(run.config().batch().total()));
      facts.add("| seed | %d |".formatted(run.config().seed()));
      facts.add(
          "| training images | %d, fingerprint %s |"
              .formatted(run.data().images(), code(run.data().fingerprint())));
    }
    if (run.provenance().containsKey("version")) {
      facts.add("| dino-vmf | %s |".formatted(code(run.provenance().get("version"))));
    }
    StringBuilder results = new StringBuilder();
    if (measured().isPresent()) {
      results.append(
          "| measured at step %d | %% |\n| --- | --- |\n".formatted(measured().get().step()));
      accuracies(measured().get())
          .forEach((metric, value) -> results.append("| %s | %s |\n".formatted(metric, value)));
      results.append(
          "\nOf images that were kept out of the bank of neighbors; without `--val` they were trained on.\n");
    } else {
      results.append("No accuracy was measured up to step %d.\n".formatted(step));
    }
    StringBuilder calls =
        new StringBuilder("| signature | input | output |\n| --- | --- | --- |\n");
    new TreeMap<>(signatures)
        .forEach(
            (key, signature) ->
                calls.append(
                    "| `%s` | %s | %s |\n"
                        .formatted(
                            key,
                            tensors(signature.getInputsMap()),
                            tensors(signature.getOutputsMap()))));
    return """
        # %s

        %s An image goes in, a vector comes out whose neighbors are meant to be images that look alike.

        ## Use

        %s
        Sizes are those after the batch. To a server of TensorFlow Serving, a noisy image that lies beside the model, and a photo:

            curl -d @models/%1$s/1/assets.extra/request.json http://localhost:8501/v1/models/%1$s:predict
            printf '{"instances": [{"image_bytes": {"b64": "%%s"}}]}' "$(base64 -w 0 photo.jpg)" |
              curl -d @- http://localhost:8501/v1/models/%1$s:predict

        ## Training

        | | |
        | --- | --- |
        %s

        ## Results

        %s
        ## Limits

        - Embeddings mean what the training images taught; images of another kind may lie anywhere.
        - `serving_default` assumes upright images: a rotation tag (EXIF) is not read. `from_bytes_oriented` takes it as input.
        - An image that cannot be decoded gives NaN, and `valid` is false.
        - A request fails as a whole where an input does not fit the signature, or where memory ends: a picture is decoded whole, at about 30 bytes a pixel, so bound its pixels before it comes here.
        """
        .formatted(name, origin(), calls, String.join("\n", facts), results);
  }

  /** Text of a run's file, which others may have written, as one cell in which no markup works. */
  private static String code(String text) {
    if (text.isBlank()) {
      return "unknown";
    }
    return "`"
        + Terminal.harmless(text)
            .replace('`', '\'')
            .replace('\\', '/') // it would escape what escapes a bar
            .replace("|", "\\|")
        + "`";
  }

  /** Weights that were imported and not trained since came from elsewhere, by any method. */
  private boolean isTrained() {
    return run.data().images() > 0;
  }

  private String origin() {
    if (!isTrained()) {
      return "An image encoder whose weights were imported; how they were trained, the run does not say.";
    }
    Method method = run.config().model().method();
    String base = method.masksPatches() ? "iBOT" : "DINO";
    return method.prototypes() == PrototypeKind.VMF
        ? "An image encoder, trained without labels by [%s-vMF](https://arxiv.org/abs/2405.10939)."
            .formatted(base)
        : "An image encoder, trained without labels by %s.".formatted(base);
  }

  /** The run's last evaluation on labels, where it had some. */
  private Optional<MetricsLog.Line> measured() {
    List<MetricsLog.Line> all =
        metrics.evaluations().stream().filter(line -> line.step() <= step).toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** In percent, as the run measured them. */
  private static Map<String, String> accuracies(MetricsLog.Line line) {
    Map<String, String> found = new TreeMap<>();
    line.get("knn_top1").ifPresent(value -> found.put("nearest neighbors, top 1", percent(value)));
    line.get("knn_top5").ifPresent(value -> found.put("nearest neighbors, top 5", percent(value)));
    return found;
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String tensors(Map<String, TensorInfo> tensors) {
    List<String> words = new ArrayList<>();
    for (ServedTensor tensor : ServedTensor.of(tensors)) {
      words.add(
          "`%s` %s %s"
              .formatted(
                  tensor.name(),
                  tensor.type().name().substring("DT_".length()).toLowerCase(Locale.ROOT),
                  tensor.sizes()));
    }
    return String.join(", ", words);
  }
}
