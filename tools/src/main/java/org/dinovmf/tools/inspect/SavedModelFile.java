package org.dinovmf.tools.inspect;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
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
    for (MetaGraphDef graph : model.getMetaGraphsList()) {
      String tags = String.join(",", graph.getMetaInfoDef().getTagsList());
      facts.put(
          "graph",
          "tags [%s], for TensorFlow %s"
              .formatted(tags, graph.getMetaInfoDef().getTensorflowVersion()));
      facts.put("ops", ops(graph));
      new TreeMap<>(graph.getSignatureDefMap())
          .forEach((name, signature) -> facts.put("signature " + name, signature(signature)));
      flags.addAll(OutsideOps.of(graph));
    }
    Path description = version.resolve("assets.extra").resolve("encoder.json");
    if (Files.isRegularFile(description)) {
      facts.put("encoder", Files.readString(description).replaceAll("\\s+", " ").strip());
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
                            Bundle.sizes(tensor.getValue().getTensorShape())))
            .collect(Collectors.joining(", "));
  }
}
