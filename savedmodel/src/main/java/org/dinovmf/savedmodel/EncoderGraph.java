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
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/**
 * The graph of an encoder for inference: endpoints over one set of weights, and the ops that save
 * and restore these.
 *
 * @param trained every weight, named as in the checkpoint
 * @param checkpoint restores these
 * @param derive computes what depends on them alone, once they are restored
 * @param saved what an exported model keeps: what its signatures read
 * @param saver of an exported model
 */
record EncoderGraph(
    List<Endpoint> endpoints,
    List<Variable<TFloat32>> trained,
    WeightStore.Persistence checkpoint,
    Op derive,
    List<Variable<?>> saved,
    Saver saver) {

  /** Builds the graph; the weights have no values until a restore. */
  static EncoderGraph build(Graph graph, CheckpointSource source, ExportConfig config) {
    Ops tf = Ops.create(graph);
    ModelVariables variables = new ModelVariables(tf, config.weights());
    EncoderEndpoints encoder =
        new EncoderEndpoints(tf, source.spec(), variables.kept(source.weights()), config.sizes());
    List<Endpoint> endpoints = new ArrayList<>(encoder.endpoints());
    source
        .head()
        .ifPresent(head -> endpoints.addAll(HeadEndpoints.of(tf, head, variables, encoder)));
    config
        .classifier()
        .ifPresent(
            classifier ->
                endpoints.add(ClassifierEndpoint.of(tf, classifier, source.spec(), encoder)));
    Set<String> read = needed(graph.toGraphDef(), outputs(exported(endpoints)));
    List<Variable<?>> saved =
        variables.all().stream()
            .filter(variable -> read.contains(variable.handle().op().name()))
            .toList();
    return new EncoderGraph(
        List.copyOf(endpoints),
        variables.trained(),
        variables.checkpoint(),
        variables.derive(),
        saved,
        Saver.of(tf, saved));
  }

  /** Those that an exported model has. */
  List<Endpoint> exported() {
    return exported(endpoints);
  }

  private static List<Endpoint> exported(List<Endpoint> endpoints) {
    return endpoints.stream().filter(endpoint -> endpoint.ability().isExported()).toList();
  }

  /** Names of the nodes that give the values of endpoints. */
  private static List<String> outputs(List<Endpoint> endpoints) {
    return endpoints.stream()
        .flatMap(endpoint -> endpoint.outputs().values().stream())
        .map(output -> output.op().name())
        .toList();
  }

  /**
   * The part of the graph that the exported signatures and the saver need. What else the graph
   * holds, above all the random starts of the weights, is of no use to a server.
   *
   * <p>The handle of a variable is given the variable's name, by which converters look for it.
   */
  GraphDef pruned(GraphDef whole) {
    List<String> ends = new ArrayList<>(outputs(exported()));
    ends.add(Saver.SAVE);
    ends.add(Saver.RESTORE);
    Set<String> kept = needed(whole, ends);
    Map<String, String> handles = new HashMap<>();
    for (Variable<?> variable : saved) {
      handles.put(variable.handle().op().name(), variable.name());
    }
    GraphDef.Builder result = whole.toBuilder().clearNode();
    whole.getNodeList().stream()
        .filter(node -> kept.contains(node.getName()))
        .map(node -> renamed(node, handles))
        .forEach(result::addNode);
    return result.build();
  }

  /** The names of some nodes and of all that they depend on. */
  private static Set<String> needed(GraphDef whole, List<String> ends) {
    Map<String, NodeDef> nodes = new HashMap<>();
    whole.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Deque<String> open = new ArrayDeque<>(ends);
    Set<String> kept = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.pop();
      if (kept.add(name)) {
        nodes.get(name).getInputList().forEach(input -> open.add(nodeName(input)));
      }
    }
    return kept;
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
