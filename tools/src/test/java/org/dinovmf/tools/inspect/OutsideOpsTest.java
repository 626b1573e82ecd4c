package org.dinovmf.tools.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.OpDef;

final class OutsideOpsTest {

  private static final Pattern PLACE =
      Pattern.compile(".*(file|path|directory|address|vocab|prefix).*");

  /** Ops with an argument of such a name that open nothing. */
  private static final Set<String> HARMLESS =
      Set.of(
          // Counts and sizes.
          "CTCBeamSearchDecoder",
          "NegTrain",
          "ConvertToSparseCoreCsrWrappedCooTensor",
          "GetMinibatchSplitsWithPhysicalReplica",
          "GetMinibatchesInCsrWithPhysicalReplica",
          "GetStatsFromListOfSparseCoreCooTensors",
          "SortListOfSparseCoreCooTensors",
          // Names of statistics.
          "ExperimentalSetStatsAggregatorDataset",
          "SetStatsAggregatorDataset",
          // Whether its strings are names of files, for other ops.
          "TensorSliceDataset");

  /** So that an op of a newer TensorFlow is looked at once. */
  @Test
  void knowsEveryOpThatTakesAPlace() {
    Set<String> missed = new TreeSet<>();
    for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
      boolean takesPlace =
          Stream.concat(
                  op.getInputArgList().stream().map(OpDef.ArgDef::getName),
                  op.getAttrList().stream().map(OpDef.AttrDef::getName))
              .anyMatch(name -> PLACE.matcher(name).matches());
      if (takesPlace && !OutsideOps.isOutside(op.getName())) {
        missed.add(op.getName());
      }
    }
    assertEquals(new TreeSet<>(HARMLESS), missed);
  }
}
