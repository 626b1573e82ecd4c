package org.dinovmf.tools.inspect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Tells the ops by which a SavedModel's weights are saved and restored from others of their kind.
 *
 * <p>The loader runs the restore, so that may read alone; what saves is the saver's where the
 * restore does not need it. Neither may be needed by a signature, and the path of both must be the
 * placeholder that the loader feeds.
 */
final class SaverOps {

  /** What TensorFlow's savers put behind the path while they write. */
  private static final Pattern SUFFIX =
      Pattern.compile("_temp(_[0-9a-f]{32})?/part|\\.part", Pattern.DOTALL);

  /** A saver's path goes through a few nodes; a longer way is none of its. */
  private static final int DEEPEST = 100;

  /** Where a node stands; the graph itself has no name. */
  private record Scope(String function, Map<String, NodeDef> nodes, List<String> arguments) {}

  private final MetaGraphDef graph;
  private final Map<String, Scope> scopes = new HashMap<>();
  private final IdentityHashMap<NodeDef, Scope> places = new IdentityHashMap<>();
  private final Map<String, List<NodeDef>> callers = new HashMap<>();
  private final Map<String, Boolean> paths = new HashMap<>();
  private final Set<NodeDef> restored;
  private final Set<NodeDef> saved;
  private final Set<NodeDef> answered;

  SaverOps(MetaGraphDef graph) {
    this.graph = graph;
    add("", graph.getGraphDef().getNodeList(), List.of());
    for (FunctionDef function : graph.getGraphDef().getLibrary().getFunctionList()) {
      List<String> arguments = new ArrayList<>();
      function.getSignature().getInputArgList().forEach(input -> arguments.add(input.getName()));
      add(function.getSignature().getName(), function.getNodeDefList(), arguments);
    }
    restored = needed(List.of(graph.getSaverDef().getRestoreOpName()));
    saved = needed(List.of(graph.getSaverDef().getSaveTensorName()));
    Set<String> outputs = new HashSet<>();
    graph
        .getSignatureDefMap()
        .values()
        .forEach(
            signature ->
                signature.getOutputsMap().values().forEach(out -> outputs.add(out.getName())));
    answered = needed(outputs);
  }

  /** Whether a node does the saver's work alone, on the file that the loader names. */
  boolean isOwn(NodeDef node) {
    if (answered.contains(node)) {
      return false;
    }
    return switch (node.getOp()) {
      case "RestoreV2" -> restored.contains(node) && isPath(node, 0);
      case "SaveV2" -> saved.contains(node) && !restored.contains(node) && isPath(node, 0);
      case "MergeV2Checkpoints" ->
          saved.contains(node) && !restored.contains(node) && isPath(node, 0) && isPath(node, 1);
      default -> false;
    };
  }

  private void add(String function, List<NodeDef> nodes, List<String> arguments) {
    Map<String, NodeDef> byName = new HashMap<>();
    Scope scope = new Scope(function, byName, arguments);
    for (NodeDef node : nodes) {
      byName.put(node.getName(), node);
      places.put(node, scope);
      callees(node)
          .forEach(name -> callers.computeIfAbsent(name, n -> new ArrayList<>()).add(node));
    }
    scopes.put(function, scope);
  }

  private boolean isPath(NodeDef node, int input) {
    return isPath(node, input, 0);
  }

  private boolean isPath(NodeDef node, int input, int depth) {
    return input < node.getInputCount()
        && depth <= DEEPEST
        && isPath(places.get(node), node.getInput(input), depth + 1);
  }

  /** Whether a tensor is the fed path, or that with a saver's suffix. */
  private boolean isPath(Scope scope, String tensor, int depth) {
    int argument = scope.arguments().indexOf(tensor);
    if (argument >= 0) {
      String key = scope.function() + " " + argument;
      if (!paths.containsKey(key)) {
        paths.put(key, false); // a cycle is no path
        List<NodeDef> calls = callers.getOrDefault(scope.function(), List.of());
        paths.put(
            key,
            !calls.isEmpty() && calls.stream().allMatch(call -> isPath(call, argument, depth)));
      }
      return paths.get(key);
    }
    NodeDef node = scope.nodes().get(nodeName(tensor));
    if (node == null) {
      return false;
    }
    String key = scope.function() + ":" + node.getName();
    if (!paths.containsKey(key)) {
      paths.put(key, false);
      paths.put(key, isPathOf(node, depth));
    }
    return paths.get(key);
  }

  private boolean isPathOf(NodeDef node, int depth) {
    Scope scope = places.get(node);
    return switch (node.getOp()) {
      case "Placeholder" ->
          scope.function().isEmpty()
              && node.getName().equals(nodeName(graph.getSaverDef().getFilenameTensorName()));
      case "Identity", "ShardedFilename" -> isPath(node, 0, depth);
      case "StringJoin" ->
          node.getInputCount() >= 2
              && isPath(node, 0, depth)
              && isSuffix(scope.nodes().get(nodeName(node.getInput(1))))
              && node.getAttrOrDefault("N", AttrValue.getDefaultInstance()).getI() == 2;
      case "Pack" -> {
        long values = node.getAttrOrDefault("N", AttrValue.getDefaultInstance()).getI();
        boolean all = values > 0 && values <= node.getInputCount();
        for (int i = 0; all && i < values; i++) {
          all = isPath(node, i, depth);
        }
        yield all;
      }
      default -> false;
    };
  }

  private boolean isSuffix(NodeDef node) {
    if (node == null) {
      return false;
    }
    return switch (node.getOp()) {
      case "Const" -> {
        var text = node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor();
        yield text.getStringValCount() == 1
            && SUFFIX.matcher(text.getStringVal(0).toStringUtf8()).matches();
      }
      // By whether the path is of a cloud, of which one of two constants is taken.
      case "Select", "SelectV2" ->
          node.getInputCount() >= 3 && isConstant(node, 1) && isConstant(node, 2);
      default -> false;
    };
  }

  private boolean isConstant(NodeDef node, int input) {
    NodeDef value = places.get(node).nodes().get(nodeName(node.getInput(input)));
    return value != null && value.getOp().equals("Const") && isSuffix(value);
  }

  private Set<NodeDef> needed(Collection<String> ends) {
    Deque<NodeDef> open = new ArrayDeque<>();
    ends.forEach(name -> push(open, name));
    Set<NodeDef> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> called = new HashSet<>();
    while (!open.isEmpty()) {
      NodeDef node = open.pop();
      if (!needed.add(node)) {
        continue;
      }
      if (places.get(node).function().isEmpty()) {
        node.getInputList().forEach(input -> push(open, input));
      }
      for (String function : callees(node)) {
        if (scopes.containsKey(function) && called.add(function)) {
          open.addAll(functionNodes(function));
        }
      }
    }
    return needed;
  }

  private List<NodeDef> functionNodes(String function) {
    return graph.getGraphDef().getLibrary().getFunctionList().stream()
        .filter(found -> found.getSignature().getName().equals(function))
        .flatMap(found -> found.getNodeDefList().stream())
        .toList();
  }

  private void push(Deque<NodeDef> open, String tensor) {
    NodeDef node = scopes.get("").nodes().get(nodeName(tensor));
    if (node != null) {
      open.push(node);
    }
  }

  private static String nodeName(String tensor) {
    return tensor.replaceFirst("^\\^", "").replaceFirst(":.*$", "");
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
