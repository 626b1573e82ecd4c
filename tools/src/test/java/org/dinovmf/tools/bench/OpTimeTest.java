package org.dinovmf.tools.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.StepStats;

class OpTimeTest {

  private static NodeExecStats node(String label, long begin, long end) {
    return NodeExecStats.newBuilder()
        .setTimelineLabel(label)
        .setOpStartRelMicros(begin)
        .setOpEndRelMicros(end)
        .build();
  }

  @Test
  void addsUpByTypeOnAllDevices() {
    RunMetadata trace =
        RunMetadata.newBuilder()
            .setStepStats(
                StepStats.newBuilder()
                    .addDevStats(
                        DeviceStepStats.newBuilder()
                            .addNodeStats(node("a/MatMul_1 = MatMul(x, y)", 2, 1002))
                            .addNodeStats(node("b = Mul(x, y = z)", 5, 2505)))
                    .addDevStats(
                        DeviceStepStats.newBuilder()
                            .addNodeStats(node("c = MatMul(x, y)", 0, 500))
                            .addNodeStats(node("_SOURCE", 0, 3))))
            .build();
    assertEquals(
        List.of(
            new OpTime("Mul", 1, 2.5), new OpTime("MatMul", 2, 1.5), new OpTime("other", 1, 0.003)),
        OpTime.of(trace));
  }
}
