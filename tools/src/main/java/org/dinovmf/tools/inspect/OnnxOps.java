package org.dinovmf.tools.inspect;

import static org.dinovmf.tools.inspect.OnnxFile.messages;
import static org.dinovmf.tools.inspect.OnnxFile.text;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ops of an ONNX model, in its graph, the branches and bodies within, and its functions, with
 * what of them runs or reads something outside of the file; fields by their numbers in onnx.proto.
 *
 * @param counts of the ops by type
 */
record OnnxOps(Map<String, Integer> counts, List<String> flags) {

  /** Branches within branches; protobuf itself stops at 100 messages. */
  private static final int DEEPEST = 100;

  static OnnxOps of(UnknownFieldSet model) throws InvalidProtocolBufferException {
    OnnxOps ops = new OnnxOps(new TreeMap<>(), new ArrayList<>());
    for (UnknownFieldSet graph : messages(model, 7)) {
      ops.addGraph(graph, 0);
    }
    for (UnknownFieldSet function : messages(model, 25)) {
      ops.addNodes(messages(function, 7), 0);
    }
    return ops;
  }

  private void addGraph(UnknownFieldSet graph, int depth) throws InvalidProtocolBufferException {
    if (depth > DEEPEST) {
      throw new InvalidProtocolBufferException("graphs within graphs are too deep");
    }
    addNodes(messages(graph, 1), depth);
    for (UnknownFieldSet tensor : messages(graph, 5)) {
      addTensor(tensor);
    }
    for (UnknownFieldSet sparse : messages(graph, 15)) {
      addSparse(sparse);
    }
  }

  private void addNodes(List<UnknownFieldSet> nodes, int depth)
      throws InvalidProtocolBufferException {
    for (UnknownFieldSet node : nodes) {
      counts.merge(text(node, 4), 1, Integer::sum);
      String domain = text(node, 7);
      if (!domain.isEmpty() && !domain.equals("ai.onnx") && !domain.startsWith("ai.onnx.")) {
        flags.add(
            "op %s of '%s' is not ONNX's: it runs code of a library"
                .formatted(text(node, 4), domain));
      }
      for (UnknownFieldSet attribute : messages(node, 5)) {
        for (int field : new int[] {5, 10}) { // a tensor, tensors
          for (UnknownFieldSet tensor : messages(attribute, field)) {
            addTensor(tensor);
          }
        }
        for (int field : new int[] {6, 11}) { // a graph, graphs
          for (UnknownFieldSet graph : messages(attribute, field)) {
            addGraph(graph, depth + 1);
          }
        }
        for (int field : new int[] {22, 23}) { // a sparse tensor, sparse tensors
          for (UnknownFieldSet sparse : messages(attribute, field)) {
            addSparse(sparse);
          }
        }
      }
    }
  }

  private void addSparse(UnknownFieldSet sparse) throws InvalidProtocolBufferException {
    for (int field : new int[] {1, 2}) { // values, indices
      for (UnknownFieldSet tensor : messages(sparse, field)) {
        addTensor(tensor);
      }
    }
  }

  private void addTensor(UnknownFieldSet tensor) throws InvalidProtocolBufferException {
    List<UnknownFieldSet> external = messages(tensor, 13);
    if (!external.isEmpty()) {
      String location = "";
      for (UnknownFieldSet entry : external) {
        if (text(entry, 1).equals("location")) {
          location = text(entry, 2);
        }
      }
      flags.add("the data of '%s' lie in another file: '%s'".formatted(text(tensor, 8), location));
    }
  }
}
