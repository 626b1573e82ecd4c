package org.dinovmf.tools.inspect;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dinovmf.tools.inspect.Inspection.Tensor;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** A SavedModel by its protocol buffer and the checkpoint beside it. */
final class SavedModelFile {

  /** Bytes of a description that are shown; ours has less than a thousand. */
  private static final int LONGEST = 1 << 16;

  private SavedModelFile() {}

  /** Inspects one version of a model. */
  static Inspection inspect(Path version) throws IOException {
    SavedModel model;
    Path file = version.resolve("saved_model.pb");
    try (InputStream in = Files.newInputStream(file)) {
      model = SavedModel.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new CheckpointException(
          "'%s' is damaged: it is no protocol buffer of a SavedModel".formatted(file), e);
    }
    Map<String, String> facts = new LinkedHashMap<>();
    List<String> flags = new ArrayList<>();
    int number = 0;
    for (MetaGraphDef graph : model.getMetaGraphsList()) {
      String tags = String.join(",", graph.getMetaInfoDef().getTagsList());
      // Two graphs may share their tags and the names of their signatures.
      String of = model.getMetaGraphsCount() == 1 ? "" : "%d: ".formatted(++number);
      facts.put(
          of + "graph",
          "tags [%s], for TensorFlow %s"
              .formatted(tags, graph.getMetaInfoDef().getTensorflowVersion()));
      facts.put(of + "ops", ops(graph));
      new TreeMap<>(graph.getSignatureDefMap())
          .forEach((name, signature) -> facts.put(of + "signature " + name, signature(signature)));
      flags.addAll(OutsideOps.of(graph));
    }
    Path description = version.resolve("assets.extra").resolve("encoder.json");
    if (Files.isRegularFile(description)) {
      facts.put("encoder", description(description));
    }
    List<Tensor> tensors = List.of();
    Path variables = version.resolve("variables").resolve("variables");
    if (Files.isRegularFile(Path.of(variables + ".index"))) {
      Bundle bundle = Bundle.read(variables);
      tensors = bundle.tensors();
      flags.addAll(bundle.flags());
    }
    return new Inspection(
        "SavedModel", version.toString(), facts, tensors, FileSum.below(version), flags);
  }

  /** One line; bytes that are no UTF-8 are replaced, and a file that is too long is cut. */
  private static String description(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8)
          .replaceAll("\\s+", " ")
          .strip();
    }
  }

  private static String ops(MetaGraphDef graph) {
    TreeSet<String> types = new TreeSet<>();
    graph.getGraphDef().getNodeList().forEach(node -> types.add(node.getOp()));
    return "%d nodes of %d types, %d functions"
        .formatted(
            graph.getGraphDef().getNodeCount(),
            types.size(),
            graph.getGraphDef().getLibrary().getFunctionCount());
  }

  private static String signature(SignatureDef signature) {
    return "%s -> %s (%s)"
        .formatted(
            tensors(signature.getInputsMap()),
            tensors(signature.getOutputsMap()),
            signature.getMethodName());
  }

  private static String tensors(Map<String, TensorInfo> tensors) {
    return new TreeMap<>(tensors)
        .entrySet().stream()
            .map(
                tensor ->
                    "%s %s %s"
                        .formatted(
                            tensor.getKey(),
                            Bundle.type(tensor.getValue().getDtype()),
                            tensor.getValue().getTensorShape().getUnknownRank()
                                ? "?"
                                : Bundle.sizes(tensor.getValue().getTensorShape())))
            .collect(Collectors.joining(", "));
  }
}
