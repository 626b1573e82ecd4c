package org.dinovmf.tools.inspect;

import com.google.common.collect.Sets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Finds the ops of a graph that touch files, the network or processes, and those that TensorFlow
 * does not have; functions that a graph calls belong to it. What saves and restores the weights is
 * left out where nothing but the saver asks for it.
 */
final class OutsideOps {

  private static final Pattern SAVER = Pattern.compile("SaveV2|RestoreV2|MergeV2Checkpoints");

  /** By what TensorFlow's documentation of each op says; op names are data there and here. */
  private static final Pattern OUTSIDE =
      Pattern.compile(
          "(Save|Restore|SaveV2|RestoreV2|SaveSlices|RestoreSlice|MergeV2Checkpoints"
              + "|LoadAndRemapMatrix|ReadFile|WriteFile|MatchingFiles|ImmutableConst|PrintV2"
              + "|InitializeTableFromTextFile(V2)?|WholeFileReader(V2)?|TextLineReader(V2)?"
              + "|TFRecordReader(V2)?|FixedLengthRecordReader(V2)?|LMDBReader"
              + "|(Legacy)?(TextLine|TFRecord|FixedLengthRecord|CSV|LMDB|Sql|MatchingFiles)Dataset(V[23])?"
              + "|Experimental(CSV|LMDB|Sql|MatchingFiles)Dataset|DatasetToTFRecord"
              + "|(Save|Load|Snapshot|Cache|DistributedSave)Dataset(V[23])?|SnapshotDatasetReader"
              + "|Create(SummaryFile|SummaryDb)Writer|ImportEvent|FileSystemSetConfiguration"
              + "|(Eager)?PyFunc(Stateless)?|Debug(Identity|NanCount|NumericSummary)(V[23])?"
              + "|Rpc\\w*|TryRpc|RegisterDataset(V2)?|DataServiceDataset(V[2-4])?|Collective\\w+"
              + "|_?(Host)?(Send|Recv)|RemoteCall|ConfigureDistributedTPU|BigQueryReader)");

  private final MetaGraphDef graph;
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, FunctionDef> functions = new HashMap<>();

  private OutsideOps(MetaGraphDef graph) {
    this.graph = graph;
    graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph
        .getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /** A line for each op of concern. */
  static List<String> of(MetaGraphDef graph) {
    return new OutsideOps(graph).flags();
  }

  private List<String> flags() {
    Set<String> known = new HashSet<>();
    for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
      known.add(op.getName());
    }
    known.addAll(functions.keySet());
    Set<NodeDef> savers = savers();
    Set<String> flags = new LinkedHashSet<>();
    for (NodeDef node : all()) {
      if (OUTSIDE.matcher(node.getOp()).matches()) {
        if (!(SAVER.matcher(node.getOp()).matches() && savers.contains(node))) {
          flags.add(
              "op %s '%s' touches files, the network or processes"
                  .formatted(node.getOp(), node.getName()));
        }
      } else if (!known.contains(node.getOp())) {
        flags.add(
            "op %s '%s' is not TensorFlow's: it runs code of a library"
                .formatted(node.getOp(), node.getName()));
      }
    }
    graph
        .getAssetFileDefList()
        .forEach(
            asset -> {
              if (asset.getFilename().startsWith("/") || asset.getFilename().contains("..")) {
                flags.add("asset '%s' lies outside of the model".formatted(asset.getFilename()));
              }
            });
    return new ArrayList<>(flags);
  }

  private List<NodeDef> all() {
    List<NodeDef> all = new ArrayList<>(graph.getGraphDef().getNodeList());
    functions.values().forEach(function -> all.addAll(function.getNodeDefList()));
    return all;
  }

  /** What the saver's targets need, and no signature does. */
  private Set<NodeDef> savers() {
    Set<String> signatures = new HashSet<>();
    graph
        .getSignatureDefMap()
        .values()
        .forEach(
            signature ->
                signature.getOutputsMap().values().forEach(out -> signatures.add(out.getName())));
    Set<NodeDef> saver =
        needed(
            List.of(
                graph.getSaverDef().getSaveTensorName(), graph.getSaverDef().getRestoreOpName()));
    return Sets.difference(saver, needed(signatures)).immutableCopy();
  }

  private Set<NodeDef> needed(Collection<String> ends) {
    Deque<NodeDef> open = new ArrayDeque<>();
    ends.forEach(name -> push(open, name));
    Set<NodeDef> needed = new HashSet<>();
    Set<String> called = new HashSet<>();
    while (!open.isEmpty()) {
      NodeDef node = open.pop();
      if (!needed.add(node)) {
        continue;
      }
      node.getInputList().forEach(input -> push(open, input));
      for (String function : callees(node)) {
        if (functions.containsKey(function) && called.add(function)) {
          functions.get(function).getNodeDefList().forEach(open::push);
        }
      }
    }
    return needed;
  }

  private void push(Deque<NodeDef> open, String tensor) {
    NodeDef node = nodes.get(tensor.replaceFirst("^\\^", "").replaceFirst(":.*$", ""));
    if (node != null) {
      open.push(node);
    }
  }

  private static List<String> callees(NodeDef node) {
    List<String> names = new ArrayList<>(List.of(node.getOp()));
    for (AttrValue value : node.getAttrMap().values()) {
      if (value.hasFunc()) {
        names.add(value.getFunc().getName());
      }
      value.getList().getFuncList().forEach(function -> names.add(function.getName()));
    }
    return names;
  }
}
