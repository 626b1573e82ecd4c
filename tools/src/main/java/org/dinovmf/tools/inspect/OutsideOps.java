package org.dinovmf.tools.inspect;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Finds the ops of a graph that touch files, the network or processes, and those that TensorFlow
 * does not have; the functions of a graph belong to it. The saver's own ops are left out, see
 * {@link SaverOps}.
 */
final class OutsideOps {

  /** By what TensorFlow's documentation of each op says; op names are data there and here. */
  private static final Pattern OUTSIDE =
      Pattern.compile(
          "(Save|Restore|SaveV2|RestoreV2|SaveSlices|RestoreSlice|MergeV2Checkpoints"
              + "|LoadAndRemapMatrix|ReadFile|WriteFile|MatchingFiles|ImmutableConst|PrintV2"
              + "|GenerateVocabRemapping|Skipgram|FixedUnigramCandidateSampler|RecordInput"
              + "|InitializeTableFromTextFile(V2)?|WholeFileReader(V2)?|TextLineReader(V2)?"
              + "|TFRecordReader(V2)?|FixedLengthRecordReader(V2)?|LMDBReader"
              + "|(Legacy)?(TextLine|TFRecord|FixedLengthRecord|CSV|LMDB|Sql|MatchingFiles)Dataset(V[23])?"
              + "|Experimental(CSV|LMDB|Sql|MatchingFiles)Dataset|(Experimental)?DatasetToTFRecord"
              + "|(Save|Load|Snapshot|SnapshotChunk|Cache)Dataset(V[23])?|DistributedSave"
              + "|Snapshot(Nested)?DatasetReader|ListSnapshotChunksDataset|Abort"
              + "|CalibrationStatisticsSaver|DTensorRestoreV2|DumpTensor"
              + "|Create(SummaryFile|SummaryDb)Writer|ImportEvent|FileSystemSetConfiguration"
              + "|(Eager)?PyFunc(Stateless)?|Debug(Identity|NanCount|NumericSummary)(V[23])?"
              + "|Rpc\\w*|TryRpc|RegisterDataset(V2)?|DataServiceDataset(V[2-4])?|Collective\\w+"
              + "|_?(Host)?(Send|Recv)|RemoteCall|ConfigureDistributedTPU|BigQueryReader)");

  private OutsideOps() {}

  /** Whether an op is one of concern. */
  static boolean isOutside(String op) {
    return OUTSIDE.matcher(op).matches();
  }

  /** A line for each op of concern. */
  static List<String> of(MetaGraphDef graph) {
    Set<String> known = new HashSet<>();
    for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
      known.add(op.getName());
    }
    List<NodeDef> nodes = new ArrayList<>(graph.getGraphDef().getNodeList());
    for (FunctionDef function : graph.getGraphDef().getLibrary().getFunctionList()) {
      known.add(function.getSignature().getName());
      nodes.addAll(function.getNodeDefList());
    }
    SaverOps savers = new SaverOps(graph);
    Set<String> flags = new LinkedHashSet<>();
    for (NodeDef node : nodes) {
      if (isOutside(node.getOp())) {
        if (!savers.isOwn(node)) {
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
}
