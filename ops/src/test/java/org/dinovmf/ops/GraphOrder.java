package org.dinovmf.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** What of a graph is computed before what. */
final class GraphOrder {

  private GraphOrder() {}

  /** The scores of blocks that the results need, each of which needs the one before. */
  static void assertChain(GraphDef graph, int length, List<String> results) {
    Map<String, NodeDef> nodes =
        graph.getNodeList().stream().collect(Collectors.toMap(NodeDef::getName, node -> node));
    List<Set<String>> needs =
        ancestors(nodes, results).stream()
            .map(nodes::get)
            .filter(node -> node.getOp().equals("MatMul"))
            .filter(node -> node.getAttrOrThrow("transpose_b").getB())
            .map(node -> ancestors(nodes, List.of(node.getName())))
            .sorted(Comparator.comparingInt(Set::size))
            .toList();
    assertEquals(length, needs.size());
    for (int i = 1; i < length; i++) {
      assertTrue(needs.get(i).containsAll(needs.get(i - 1)), "block " + i + " does not wait");
    }
  }

  /** The nodes themselves, and all that they need. */
  private static Set<String> ancestors(Map<String, NodeDef> nodes, List<String> names) {
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      String name = open.pop().replaceFirst("^\\^", "").replaceFirst(":.*", "");
      if (found.add(name)) {
        NodeDef node = nodes.get(name);
        IntStream.range(0, node.getInputCount()).mapToObj(node::getInput).forEach(open::add);
      }
    }
    return found;
  }
}
