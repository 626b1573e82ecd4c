package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dinovmf.ops.Fusion;
import org.dinovmf.ops.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.ConfigProto;

class DevicesTest {

  @ParameterizedTest
  @EnumSource
  void kernelsFuseOnACpuAndTensorFlowWhereThereMayBeAGpu(Precision precision) {
    assertEquals(Fusion.EXPLICIT, Devices.fusion(Devices.session(1, false), precision));
    assertEquals(Fusion.BY_TENSORFLOW, Devices.fusion(Devices.session(1, true), precision));
  }

  @ParameterizedTest
  @EnumSource
  void theGraphOptimizerRunsUnlessKernelsFuse(Fusion fusion) {
    ConfigProto session = Devices.session(3, false);
    ConfigProto steps = Devices.forSteps(session, fusion);
    assertEquals(fusion == Fusion.EXPLICIT, steps.getGraphOptions().getPlacePrunedGraph());
    assertFalse(session.getGraphOptions().getPlacePrunedGraph());
    assertEquals(3, steps.getIntraOpParallelismThreads());
    assertTrue(steps.getGraphOptions().getOptimizerOptions().getMaxFoldedConstantInBytes() > 0);
  }
}
