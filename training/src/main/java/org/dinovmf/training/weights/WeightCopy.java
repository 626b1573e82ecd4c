package org.dinovmf.training.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.graph.PublishedNames;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.loss.Center;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Copies the weights of a file into a run, and reports what became of each. */
final class WeightCopy {

  private static final String CENTER = "center";
  private static final String PATCH_CENTER = "center2";
  private static final String POSITIONS = "backbone/pos_embed";
  private static final String REGISTERS = "backbone/register_tokens";
  private static final String QKV_BIAS = "attn/qkv/bias";
  private static final double EPSILON = 1e-6;

  private final WeightImport from;
  private final TrainConfig config;
  private final VitConfig encoder;

  /** Published names of weights that went into the run. */
  private final Set<String> taken = new LinkedHashSet<>();

  /** Tables with centers that did. */
  private final Set<String> takenTables = new LinkedHashSet<>();

  /**
   * From an open file.
   *
   * @param config of the run, made for its network
   */
  WeightCopy(WeightImport from, TrainConfig config) {
    this.from = from;
    this.config = config;
    this.encoder = from.encoder();
  }

  /** Gives a run at its start the weights; once only. */
  ImportReport to(RunWeights run) throws IOException {
    List<String> mapped = new ArrayList<>();
    List<String> filled = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    for (Variable<TFloat32> variable : run.variables()) {
      Optional<float[]> values = values(variable);
      if (values.isPresent()) {
        run.set(variable, values.get());
        mapped.add(variable.name());
      } else if (variable.name().endsWith(QKV_BIAS) && isNetwork(variable)) {
        run.set(variable, new float[(int) variable.shape().size()]);
        filled.add(variable.name());
      } else if (isNetwork(variable)) {
        fresh.add(variable.name());
      }
    }
    Map<String, String> renamed = new LinkedHashMap<>(from.student().renamed());
    renamed.putAll(from.teacher().renamed());
    return new ImportReport(
        from.source().toString(),
        mapped,
        renamed,
        filled,
        resized(),
        fresh,
        leftOver(),
        notes(),
        posteriors());
  }

  private static boolean isNetwork(Variable<TFloat32> variable) {
    return variable.name().startsWith(TrainGraph.STUDENT + "/")
        || variable.name().startsWith(TrainGraph.TEACHER + "/");
  }

  private Optional<float[]> values(Variable<TFloat32> variable) throws IOException {
    if (!isNetwork(variable)) {
      return center(variable);
    }
    PublishedWeights network =
        variable.name().startsWith(TrainGraph.TEACHER + "/") ? from.teacher() : from.student();
    String name = variable.name().substring(variable.name().indexOf('/') + 1);
    String published = PublishedNames.of(name);
    if (name.equals(POSITIONS)) {
      taken.add(published);
      return Optional.of(network.positions(from.patches()));
    }
    if (name.equals(REGISTERS)) {
      taken.add(published);
      taken.add(KeyNames.DISTILLATION);
      return network.registers();
    }
    if (!network.names().contains(published)
        || (published.startsWith(KeyNames.HEAD) && from.head().isEmpty())) {
      return Optional.empty();
    }
    taken.add(published);
    requireShape(variable, name, published, network);
    return Optional.of(
        PublishedNames.fromPublished(
            name, network.values(published).orElseThrow(), variable.shape(), encoder.inChannels()));
  }

  private void requireShape(
      Variable<TFloat32> variable, String name, String published, PublishedWeights network)
      throws CheckpointException {
    Shape wanted =
        PublishedNames.publishedShape(
            name, variable.shape(), encoder.patchSize(), encoder.inChannels());
    Shape found = network.shape(published).orElseThrow();
    if (!found.equals(wanted)) {
      throw new CheckpointException(
          "'%s' cannot be imported: weight '%s' must be %s in this network, but is %s"
              .formatted(from.source(), published, wanted, found));
    }
  }

  /** The center of raw scores means the same there; the others have no counterpart. */
  private Optional<float[]> center(Variable<TFloat32> variable) throws IOException {
    if (config.model().method().center() != Center.LOGIT || from.head().isEmpty()) {
      return Optional.empty();
    }
    String name =
        variable.name().equals(ExportLayout.CENTER)
            ? CENTER
            : variable.name().equals(ExportLayout.PATCH_CENTER) ? PATCH_CENTER : "";
    for (String table : WeightImport.CENTERS) {
      Optional<StoredTensor> tensor = from.tensor(table, name);
      if (tensor.isPresent() && tensor.get().shape().size() == variable.shape().size()) {
        takenTables.add(table);
        return Optional.of(tensor.get().floats());
      }
    }
    return Optional.empty();
  }

  private List<String> resized() {
    int grid = config.evaluation().crop() / encoder.patchSize();
    return grid == encoder.grid()
        ? List.of()
        : List.of(
            "pos_embed from %d x %d to %d x %d for images of %d pixels, rule %s"
                .formatted(
                    encoder.grid(),
                    encoder.grid(),
                    grid,
                    grid,
                    config.evaluation().crop(),
                    encoder.extras().positions().label()));
  }

  private List<String> leftOver() throws IOException {
    taken.addAll(from.twins());
    Set<String> left = new LinkedHashSet<>(from.teacher().leftOver());
    left.addAll(from.student().leftOver());
    for (PublishedWeights network : List.of(from.teacher(), from.student())) {
      network.names().stream().filter(name -> !taken.contains(name)).forEach(left::add);
    }
    from.besideNetworks().stream().filter(name -> !takenTables.contains(name)).forEach(left::add);
    return left.stream().map(Texts::line).toList();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (from.teacher().names().contains(KeyNames.DISTILLATION)) {
      notes.add("the distillation token is a register here; the features are the same");
    }
    from.beside()
        .epsilon()
        .filter(epsilon -> epsilon != EPSILON)
        .ifPresent(
            epsilon ->
                notes.add(
                    "the LayerNorms have an epsilon of %s there and of %s here"
                        .formatted(epsilon, EPSILON)));
    if (from.head().isEmpty()) {
      notes.add(
          "the file has no head of three linear layers and prototypes; a fresh one is trained");
    }
    return notes;
  }

  private List<PosteriorChange> posteriors() throws IOException {
    if (from.head().isEmpty()) {
      return List.of();
    }
    float[] directions = from.student().values("head.last_layer.weight_v").orElseThrow();
    float[] norms = from.student().values("head.last_layer.weight_g").orElseThrow();
    float[] teacherDirections = from.teacher().values("head.last_layer.weight_v").orElseThrow();
    float[] teacherNorms = from.teacher().values("head.last_layer.weight_g").orElseThrow();
    return List.of(
        PosteriorChange.of(directions, norms, config.model().method().studentTemp()),
        PosteriorChange.of(teacherDirections, teacherNorms, config.schedule().teacherTemp()));
  }
}
