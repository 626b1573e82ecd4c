package org.dinovmf.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dinovmf.graph.WeightStore;
import org.dinovmf.graph.WeightStore.Variable;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/**
 * The graph of an encoder for inference: endpoints over one set of weights, and the ops that save
 * and restore these.
 *
 * @param variables every weight, named as in the checkpoint
 */
record EncoderGraph(List<Endpoint> endpoints, List<Variable<TFloat32>> variables, Saver saver) {

  /** Builds the graph; the weights have no values until a restore. */
  static EncoderGraph build(Graph graph, CheckpointSource source, ExportConfig config) {
    Ops tf = Ops.create(graph);
    // The seed is of no effect: every start is replaced by the checkpoint's value and left out of
    // the exported graph.
    WeightStore<TFloat32> store = new WeightStore<>(tf, TFloat32.class, 0);
    EncoderEndpoints encoder =
        new EncoderEndpoints(tf, source.spec(), store.under(source.weights()), config.sizes());
    List<Endpoint> endpoints = new ArrayList<>(encoder.endpoints());
    source
        .head()
        .ifPresent(
            head ->
                endpoints.addAll(HeadEndpoints.of(tf, head, store.under(head.weights()), encoder)));
    config
        .classifier()
        .ifPresent(
            classifier ->
                endpoints.add(ClassifierEndpoint.of(tf, classifier, source.spec(), encoder)));
    return new EncoderGraph(
        List.copyOf(endpoints), store.variables(), Saver.of(tf, store.variables()));
  }

  /** Those that an exported model has. */
  List<Endpoint> exported() {
    return endpoints.stream().filter(endpoint -> endpoint.ability().isExported()).toList();
  }

  /**
   * The part of the graph that the exported signatures and the saver need. What else the graph
   * holds, above all the random starts of the weights, is of no use to a server.
   *
   * <p>The handle of a variable is given the variable's name, by which converters look for it.
   */
  GraphDef pruned(GraphDef whole) {
    Map<String, NodeDef> nodes = new HashMap<>();
    whole.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Deque<String> open = new ArrayDeque<>(List.of(Saver.SAVE, Saver.RESTORE));
    for (Endpoint endpoint : exported()) {
      endpoint.outputs().values().forEach(output -> open.add(output.op().name()));
    }
    Set<String> kept = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.pop();
      if (kept.add(name)) {
        nodes.get(name).getInputList().forEach(input -> open.add(nodeName(input)));
      }
    }
    Map<String, String> handles = new HashMap<>();
    for (Variable<TFloat32> variable : variables) {
      handles.put(variable.handle().op().name(), variable.name());
    }
    GraphDef.Builder result = whole.toBuilder().clearNode();
    whole.getNodeList().stream()
        .filter(node -> kept.contains(node.getName()))
        .map(node -> renamed(node, handles))
        .forEach(result::addNode);
    return result.build();
  }

  private static NodeDef renamed(NodeDef node, Map<String, String> names) {
    NodeDef.Builder renamed = node.toBuilder();
    renamed.setName(names.getOrDefault(node.getName(), node.getName()));
    for (int i = 0; i < node.getInputCount(); i++) {
      renamed.setInput(i, names.getOrDefault(node.getInput(i), node.getInput(i)));
    }
    return renamed.build();
  }

  /** {@code ^node} is a control input, {@code node:1} another output than the first. */
  private static String nodeName(String input) {
    String name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
