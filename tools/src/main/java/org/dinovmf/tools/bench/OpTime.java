package org.dinovmf.tools.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * Time spent in ops of one type in a step; ops side by side count each, so that all together can be
 * more than the step.
 *
 * @param op type, such as MatMul
 * @param count how many ran
 */
record OpTime(String op, int count, double milliseconds) {

  private static final Pattern LABEL = Pattern.compile(".* = (\\w+)\\(.*", Pattern.DOTALL);
  private static final double MICROS = 1e3;

  /** The types of a traced step, the longest first. */
  static List<OpTime> of(RunMetadata trace) {
    Map<String, List<NodeExecStats>> byOp = new TreeMap<>();
    for (DeviceStepStats device : trace.getStepStats().getDevStatsList()) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        Matcher label = LABEL.matcher(node.getTimelineLabel());
        String op = label.matches() ? label.group(1) : "other";
        byOp.computeIfAbsent(op, key -> new ArrayList<>()).add(node);
      }
    }
    return byOp.entrySet().stream()
        .map(entry -> new OpTime(entry.getKey(), entry.getValue().size(), sum(entry.getValue())))
        .sorted(Comparator.comparingDouble(OpTime::milliseconds).reversed())
        .toList();
  }

  private static double sum(List<NodeExecStats> nodes) {
    long micros = 0;
    for (NodeExecStats node : nodes) {
      micros += node.getOpEndRelMicros() - node.getOpStartRelMicros();
    }
    return (double) micros / MICROS;
  }
}
