package org.dinovmf.training.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.VitExtras;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.tensorflow.ndarray.Shape;

/** Infers the sizes of a network from the shapes of its weights. */
final class NetworkShape {

  /** Of every published encoder of these families. */
  private static final int HEAD_DIM = 64;

  private static final String PATCH = KeyNames.BACKBONE + "patch_embed.proj.weight";
  private static final String POSITIONS = KeyNames.BACKBONE + "pos_embed";
  private static final String REGISTERS = KeyNames.BACKBONE + "register_tokens";
  private static final String BLOCKS = KeyNames.BACKBONE + "blocks.";

  private final String file;
  private final PublishedWeights weights;

  /**
   * Of a network.
   *
   * @param file names it in messages
   */
  NetworkShape(String file, PublishedWeights weights) {
    this.file = file;
    this.weights = weights;
  }

  /**
   * The encoder's description.
   *
   * @param heads attention heads, where something says them; no shape does
   */
  VitConfig encoder(Optional<Integer> heads, PositionRule rule) throws CheckpointException {
    Shape patch = need(PATCH, 4);
    int dim = (int) patch.get(0);
    int patchSize = (int) patch.get(2);
    if (patch.get(2) != patch.get(3)) {
      throw fault("patches must be square, but '%s' is %s".formatted(PATCH, patch));
    }
    if (heads.isEmpty() && dim % HEAD_DIM != 0) {
      throw fault(
          "the number of attention heads stands nowhere, and the width %d is no multiple of the usual %d; give --heads"
              .formatted(dim, HEAD_DIM));
    }
    requireWidth(POSITIONS, dim);
    int depth = depth();
    int hidden = (int) need(BLOCKS + "0.mlp.fc1.weight", 2).get(0);
    long taken = need(BLOCKS + "0.mlp.fc2.weight", 2).get(1);
    if (hidden != taken) {
      throw fault(
          "the MLP makes %d values and takes %d, as a SwiGLU network does; this encoder has an MLP with GELU"
              .formatted(hidden, taken));
    }
    if (hidden % dim != 0) {
      throw fault(
          "the MLP's hidden width %d must be a multiple of the width %d".formatted(hidden, dim));
    }
    boolean hasLayerScale = weights.names().contains(BLOCKS + "0.ls1.gamma");
    int side = (int) Math.sqrt(patches());
    VitConfig config;
    try {
      config =
          new VitConfig(
              Math.multiplyExact(side, patchSize),
              patchSize,
              dim,
              depth,
              heads.orElseGet(() -> Math.max(1, dim / HEAD_DIM)),
              hidden / dim,
              (int) patch.get(1),
              new VitExtras(registers(dim), hasLayerScale, rule));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw fault(e.getMessage());
    }
    requireComplete(depth, hasLayerScale);
    return config;
  }

  /** The head's sizes, if there is a whole one. */
  Optional<HeadConfig> head(int dim) throws CheckpointException {
    if (!weights.names().containsAll(KeyNames.headNames())
        || weights.names().stream()
            .anyMatch(
                name -> name.startsWith("head.mlp.") && !KeyNames.headNames().contains(name))) {
      return Optional.empty();
    }
    Shape first = need("head.mlp.0.weight", 2);
    Shape last = need("head.last_layer.weight_v", 2);
    if (first.get(1) != dim) {
      throw fault(
          "the head takes %d values, but the encoder gives %d".formatted(first.get(1), dim));
    }
    return Optional.of(
        new HeadConfig(dim, (int) first.get(0), (int) last.get(1), (int) last.get(0)));
  }

  private int depth() throws CheckpointException {
    int last = -1;
    for (String name : weights.names()) {
      if (name.startsWith(BLOCKS)) {
        int end = name.indexOf('.', BLOCKS.length());
        last = Math.max(last, Integer.parseInt(name.substring(BLOCKS.length(), end)));
      }
    }
    if (last < 0) {
      throw fault("there are no blocks of a vision transformer in it");
    }
    return last + 1;
  }

  private int registers(int dim) throws CheckpointException {
    if (weights.names().contains(KeyNames.DISTILLATION)) {
      requireWidth(KeyNames.DISTILLATION, dim);
      return 1;
    }
    return weights.names().contains(REGISTERS) ? (int) requireWidth(REGISTERS, dim).get(1) : 0;
  }

  /** Tokens are {@code [1, tokens, dim]}. */
  private Shape requireWidth(String tokens, int dim) throws CheckpointException {
    Shape shape = need(tokens, 3);
    if (shape.get(0) != 1 || shape.get(2) != dim) {
      throw fault("'%s' must be [1, tokens, %d], but is %s".formatted(tokens, dim, shape));
    }
    return shape;
  }

  /** Rows of the position table that belong to patches. */
  int patches() throws CheckpointException {
    long rows = need(POSITIONS, 3).get(1);
    long others = weights.names().contains(KeyNames.DISTILLATION) ? 2 : 1;
    for (long patches : List.of(rows - others, rows)) {
      long side = Math.round(Math.sqrt((double) Math.max(0, patches)));
      if (patches > 0 && side * side == patches) {
        return (int) patches;
      }
    }
    throw fault("the position table of %d rows is not one of a square".formatted(rows));
  }

  private void requireComplete(int depth, boolean hasLayerScale) throws CheckpointException {
    List<String> missing = new ArrayList<>();
    List<String> wanted =
        new ArrayList<>(
            List.of("cls_token", "pos_embed", "patch_embed.proj.bias", "norm.weight", "norm.bias"));
    for (int i = 0; i < depth; i++) {
      String block = "blocks." + i + ".";
      for (String part : List.of("norm1", "norm2", "attn.proj", "mlp.fc1", "mlp.fc2")) {
        wanted.add(block + part + ".weight");
        wanted.add(block + part + ".bias");
      }
      wanted.add(block + "attn.qkv.weight");
      if (hasLayerScale) {
        wanted.add(block + "ls1.gamma");
        wanted.add(block + "ls2.gamma");
      }
    }
    for (String name : wanted) {
      if (!weights.names().contains(KeyNames.BACKBONE + name)) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw fault(
          "it lacks %d weights of an encoder of %d blocks: %s"
              .formatted(
                  missing.size(),
                  depth,
                  String.join(", ", missing.subList(0, Math.min(5, missing.size())))));
    }
  }

  private Shape need(String name, int axes) throws CheckpointException {
    Shape shape =
        weights
            .shape(name)
            .orElseThrow(
                () -> fault("it lacks '%s' and so is no vision transformer".formatted(name)));
    if (shape.numDimensions() != axes || shape.size() == 0) {
      throw fault(
          "'%s' must have %d axes and not be empty, but is %s".formatted(name, axes, shape));
    }
    return shape;
  }

  private CheckpointException fault(String what) {
    return new CheckpointException("'%s' cannot be imported: %s".formatted(file, what));
  }
}
