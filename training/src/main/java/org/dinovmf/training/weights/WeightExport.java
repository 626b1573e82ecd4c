package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dinovmf.graph.PublishedNames;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.Method;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Writes the weights of a run in the layouts of the published checkpoints. */
public final class WeightExport {

  private static final String DIRECTION = ".weight_v";
  private static final String NORM = ".weight_g";
  private static final String LAST_LAYER = ".last_layer.";
  private static final String LAST_LAYER_OF_PATCHES = ".last_layer2.";

  /** How much of a run is written. */
  public enum Part {
    /** The teacher's encoder, under plain names, as the published files that hold it alone. */
    ENCODER,
    /** The teacher with its head. */
    TEACHER,
    /** Student, teacher and centers, as the training code saves them. */
    FULL;

    /** {@code encoder}, as an option value. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final TrainConfig config;
  private final SavedWeights run;

  public WeightExport(TrainConfig config, SavedWeights run) {
    this.config = config;
    this.run = run;
  }

  /** Writes safetensors; the names of tables stand before those of their weights. */
  public void writeSafetensors(Path target, Part part) throws IOException {
    List<NamedTensor> flat = new ArrayList<>();
    tables(part)
        .forEach(
            (group, tensors) ->
                tensors.forEach(
                    tensor -> flat.add(group.isEmpty() ? tensor : tensor.below(group + "."))));
    Map<String, String> metadata = ExportLayout.metadata(config.model().encoder());
    AtomicFile.write(target, out -> SafetensorsWriter.write(out, flat, metadata));
  }

  /** Writes what {@code torch.load} reads. */
  public void writeTorch(Path target, Part part) throws IOException {
    Map<String, List<NamedTensor>> tables = tables(part);
    AtomicFile.write(target, out -> TorchWriter.write(out, tables));
  }

  private Map<String, List<NamedTensor>> tables(Part part) {
    Map<String, List<NamedTensor>> tables = new LinkedHashMap<>();
    switch (part) {
      case ENCODER -> tables.put("", network(TrainGraph.TEACHER, KeyNames.BACKBONE, ""));
      case TEACHER -> tables.put("", network(TrainGraph.TEACHER, "", ""));
      case FULL -> {
        tables.put("student", network(TrainGraph.STUDENT, "", "module."));
        tables.put("teacher", network(TrainGraph.TEACHER, "", ""));
        List<NamedTensor> centers = centers();
        if (!centers.isEmpty()) {
          tables.put(centers.size() == 1 ? "dino_loss" : "ibot_loss", centers);
        }
      }
    }
    return tables;
  }

  /**
   * One network.
   *
   * @param only published names that begin so, without this beginning
   * @param prefix put in front of every name
   */
  private List<NamedTensor> network(String name, String only, String prefix) {
    VitConfig encoder = config.model().encoder();
    List<NamedTensor> tensors = new ArrayList<>();
    for (Variable<TFloat32> variable : run.variables()) {
      if (!variable.name().startsWith(name + "/")) {
        continue;
      }
      String ours = variable.name().substring(name.length() + 1);
      String published = PublishedNames.of(ours);
      if (published.startsWith(only)) {
        float[] values =
            PublishedNames.toPublished(
                ours, run.get(variable), variable.shape(), encoder.inChannels());
        Shape shape =
            PublishedNames.publishedShape(
                ours, variable.shape(), encoder.patchSize(), encoder.inChannels());
        tensors.add(new NamedTensor(prefix + published.substring(only.length()), shape, values));
      }
    }
    addUnitNorms(tensors);
    addTwins(tensors, name.equals(TrainGraph.TEACHER));
    return tensors;
  }

  /** Prototypes of length 1 have no length here, and a frozen one there. */
  private static void addUnitNorms(List<NamedTensor> tensors) {
    List<String> names = tensors.stream().map(NamedTensor::name).toList();
    for (NamedTensor tensor : List.copyOf(tensors)) {
      if (tensor.name().endsWith(DIRECTION)) {
        String norm = tensor.name().replace(DIRECTION, NORM);
        if (!names.contains(norm)) {
          int count = (int) tensor.shape().get(0);
          float[] ones = new float[count];
          Arrays.fill(ones, 1);
          tensors.add(new NamedTensor(norm, Shape.of(count, 1), ones));
        }
      }
    }
  }

  /** iBOT has a last layer that both kinds of tokens share under both names. */
  private void addTwins(List<NamedTensor> tensors, boolean isTeacher) {
    Method method = config.model().method();
    if (!method.masksPatches() || method.lastLayers().areSeparate(isTeacher)) {
      return;
    }
    for (NamedTensor tensor : List.copyOf(tensors)) {
      if (tensor.name().contains(LAST_LAYER)) {
        tensors.add(tensor.named(tensor.name().replace(LAST_LAYER, LAST_LAYER_OF_PATCHES)));
      }
    }
  }

  private List<NamedTensor> centers() {
    List<NamedTensor> centers = new ArrayList<>();
    if (config.model().method().center() == Center.LOGIT) {
      for (Variable<TFloat32> variable : run.variables()) {
        long size = variable.shape().size();
        if (variable.name().equals(ExportLayout.CENTER)) {
          centers.add(new NamedTensor("center", Shape.of(1, size), run.get(variable)));
        } else if (variable.name().equals(ExportLayout.PATCH_CENTER)) {
          centers.add(new NamedTensor("center2", Shape.of(1, 1, size), run.get(variable)));
        }
      }
    }
    return centers;
  }
}
