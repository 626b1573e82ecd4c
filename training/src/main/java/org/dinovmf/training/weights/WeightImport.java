package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.PublishedNames;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.PrototypeKind;
import org.tensorflow.types.TFloat32;

/**
 * A file of weights of another program, understood: what network it is, and its weights for a run.
 *
 * <p>Where a file has student and teacher, both are taken; otherwise both start equal.
 */
public final class WeightImport implements AutoCloseable {

  private static final String TEACHER = "teacher";
  private static final String STUDENT = "student";

  /** Tables in which programs keep a single network, the first that is there. */
  private static final List<String> SINGLE = List.of("state_dict", "model", "");

  /** Tables with centers, of DINO and iBOT. */
  private static final List<String> CENTERS = List.of("dino_loss", "ibot_loss");

  private static final String PATCH_CENTER = "center2";
  private static final String POSITIONS = "backbone/pos_embed";
  private static final String REGISTERS = "backbone/register_tokens";
  private static final String QKV_BIAS = "attn/qkv/bias";
  private static final double EPSILON = 1e-6;

  private final Path source;
  private final WeightFile file;
  private final Map<String, Map<String, StoredTensor>> groups;
  private final PublishedWeights teacher;
  private final PublishedWeights student;
  private final SiblingConfig beside;
  private final VitConfig encoder;
  private final Optional<HeadConfig> head;
  private final int patches;

  /**
   * What no file says.
   *
   * @param heads attention heads, if not those of a neighboring configuration or 64 values each
   * @param positions rule for the position table, if not that of the program that wrote the file
   */
  public record Hints(Optional<Integer> heads, Optional<PositionRule> positions) {

    /** Everything as the file has it. */
    public static Hints none() {
      return new Hints(Optional.empty(), Optional.empty());
    }
  }

  private WeightImport(Path source, WeightFile file, Hints hints) throws IOException {
    this.source = source;
    this.file = file;
    this.groups = ExportLayout.grouped(file.groups());
    this.beside = SiblingConfig.beside(source);
    String teacherGroup = teacherGroup();
    teacher = PublishedWeights.of(source.toString(), groups.get(teacherGroup));
    student =
        groups.containsKey(STUDENT) && !teacherGroup.equals(STUDENT)
            ? PublishedWeights.of(source.toString(), groups.get(STUDENT))
            : teacher;
    NetworkShape shape = new NetworkShape(source.toString(), teacher);
    Optional<Integer> heads =
        hints.heads().or(() -> ExportLayout.heads(file.metadata())).or(beside::heads);
    encoder = shape.encoder(heads, positionRule(hints, teacherGroup));
    head = shape.head(encoder.embedDim());
    patches = shape.patches();
  }

  /**
   * Opens a file and finds out what it is.
   *
   * @throws CheckpointException if it cannot be read, or is no network that can be imported
   */
  public static WeightImport open(Path source, Hints hints) throws IOException {
    WeightFile file = WeightFile.open(source);
    try {
      return new WeightImport(source, file, hints);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private String teacherGroup() throws CheckpointException {
    List<String> candidates = new ArrayList<>(List.of(TEACHER));
    candidates.addAll(SINGLE);
    candidates.add(STUDENT);
    return candidates.stream()
        .filter(groups::containsKey)
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointException(
                    "'%s' holds no table of weights; looked for are teacher, state_dict, model, student, or weights outermost"
                        .formatted(source)));
  }

  /** The rule of the program that wrote the weights. */
  private PositionRule positionRule(Hints hints, String group) {
    boolean hasRegisters = teacher.names().contains(KeyNames.BACKBONE + "register_tokens");
    if (hints.positions().isPresent()) {
      return hints.positions().get();
    }
    Optional<PositionRule> exported = ExportLayout.positions(file.metadata());
    if (exported.isPresent()) {
      return exported.get();
    }
    Set<String> keys = groups.get(group).keySet();
    if (hasRegisters || beside.isTimm() || keys.contains("head.weight")) {
      return PositionRule.ANTIALIASED;
    }
    return KeyNames.isTransformers(keys) ? PositionRule.PLAIN : PositionRule.OFFSET;
  }

  /** The encoder's description. */
  public VitConfig encoder() {
    return encoder;
  }

  /** The head's sizes, if the file has one. */
  public Optional<HeadConfig> head() {
    return head;
  }

  /** Mean and deviation of the pixels, if they stand beside the file. */
  public Optional<Normalization> normalization() {
    return beside.normalization();
  }

  /** Unit if every length is exactly 1 in both networks, else free. */
  public PrototypeKind prototypes() throws IOException {
    for (PublishedWeights network : List.of(teacher, student)) {
      for (String name : List.of("head.last_layer.weight_g", "head.last_layer2.weight_g")) {
        for (float length : network.values(name).orElse(new float[0])) {
          if (length != 1) {
            return PrototypeKind.FREE;
          }
        }
      }
    }
    return PrototypeKind.UNIT;
  }

  /** Whether the network was trained with masked patches. */
  public boolean isIbot() {
    return groups.containsKey(CENTERS.get(1))
        || student.names().contains(KeyNames.BACKBONE + "masked_embed");
  }

  /** Whether patches have prototypes of their own. */
  public LastLayers lastLayers() throws IOException {
    if (hasTwins(student)) {
      return LastLayers.SHARED;
    }
    return hasTwins(teacher) ? LastLayers.STUDENT_SEPARATE : LastLayers.SEPARATE;
  }

  /** A layer that is shared stands under both names, or under the first alone. */
  private static boolean hasTwins(PublishedWeights network) throws IOException {
    for (String part : List.of("weight_v", "weight_g")) {
      Optional<float[]> second = network.values("head.last_layer2." + part);
      if (second.isPresent()
          && !Arrays.equals(
              second.get(), network.values("head.last_layer." + part).orElseThrow())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Gives a run the weights of the file.
   *
   * @param config of the run, made for this network
   * @param run at its start
   */
  public ImportReport copyTo(TrainConfig config, RunWeights run) throws IOException {
    List<String> mapped = new ArrayList<>();
    List<String> filled = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    Set<String> taken = new LinkedHashSet<>();
    for (Variable<TFloat32> variable : run.variables()) {
      Optional<float[]> values = values(variable, config, taken);
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
    Map<String, String> renamed = new LinkedHashMap<>(student.renamed());
    renamed.putAll(teacher.renamed());
    return new ImportReport(
        source.toString(),
        mapped,
        renamed,
        filled,
        resized(config),
        fresh,
        leftOver(taken),
        notes(),
        posteriors(config));
  }

  private static boolean isNetwork(Variable<TFloat32> variable) {
    return variable.name().startsWith(TrainGraph.STUDENT + "/")
        || variable.name().startsWith(TrainGraph.TEACHER + "/");
  }

  private Optional<float[]> values(
      Variable<TFloat32> variable, TrainConfig config, Set<String> taken) throws IOException {
    if (!isNetwork(variable)) {
      return center(variable, config);
    }
    PublishedWeights network =
        variable.name().startsWith(TrainGraph.TEACHER + "/") ? teacher : student;
    String name = variable.name().substring(variable.name().indexOf('/') + 1);
    String published = PublishedNames.of(name);
    if (name.equals(POSITIONS)) {
      taken.add(published);
      return Optional.of(network.positions(patches));
    }
    if (name.equals(REGISTERS)) {
      taken.add(published);
      taken.add(KeyNames.DISTILLATION);
      return network.registers();
    }
    if (!network.names().contains(published)
        || (published.startsWith(KeyNames.HEAD) && head.isEmpty())) {
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
    var wanted =
        PublishedNames.publishedShape(
            name, variable.shape(), encoder.patchSize(), encoder.inChannels());
    var found = network.shape(published).orElseThrow();
    if (!found.equals(wanted)) {
      throw new CheckpointException(
          "'%s' cannot be imported: weight '%s' must be %s in this network, but is %s"
              .formatted(source, published, wanted, found));
    }
  }

  /** The center of raw scores means the same there; the others have no counterpart. */
  private Optional<float[]> center(Variable<TFloat32> variable, TrainConfig config)
      throws IOException {
    if (config.model().method().center() != Center.LOGIT || head.isEmpty()) {
      return Optional.empty();
    }
    String name =
        variable.name().equals(ExportLayout.CENTER)
            ? "center"
            : variable.name().equals(ExportLayout.PATCH_CENTER) ? PATCH_CENTER : "";
    for (String group : CENTERS) {
      StoredTensor tensor = groups.getOrDefault(group, Map.of()).get(name);
      if (tensor != null && tensor.shape().size() == variable.shape().size()) {
        return Optional.of(tensor.floats());
      }
    }
    return Optional.empty();
  }

  private List<String> resized(TrainConfig config) {
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

  private List<String> leftOver(Set<String> taken) throws IOException {
    if (hasTwins(student) && hasTwins(teacher)) {
      taken.add("head.last_layer2.weight_v");
      taken.add("head.last_layer2.weight_g");
    }
    Set<String> left = new LinkedHashSet<>(teacher.leftOver());
    left.addAll(student.leftOver());
    for (PublishedWeights network : List.of(teacher, student)) {
      network.names().stream().filter(name -> !taken.contains(name)).forEach(left::add);
    }
    left.addAll(file.others());
    return left.stream().map(Texts::line).toList();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (teacher.names().contains(KeyNames.DISTILLATION)) {
      notes.add("the distillation token is a register here; the features are the same");
    }
    beside
        .epsilon()
        .filter(epsilon -> Math.abs(epsilon - EPSILON) > EPSILON)
        .ifPresent(
            epsilon ->
                notes.add(
                    "the LayerNorms have an epsilon of %s there and of %s here"
                        .formatted(epsilon, EPSILON)));
    if (head.isEmpty()) {
      notes.add(
          "the file has no head of three linear layers and prototypes; a fresh one is trained");
    }
    return notes;
  }

  private List<PosteriorChange> posteriors(TrainConfig config) throws IOException {
    if (head.isEmpty()) {
      return List.of();
    }
    float[] directions = student.values("head.last_layer.weight_v").orElseThrow();
    float[] norms = student.values("head.last_layer.weight_g").orElseThrow();
    float[] teacherDirections = teacher.values("head.last_layer.weight_v").orElseThrow();
    float[] teacherNorms = teacher.values("head.last_layer.weight_g").orElseThrow();
    return List.of(
        PosteriorChange.of(directions, norms, config.model().method().studentTemp()),
        PosteriorChange.of(teacherDirections, teacherNorms, config.schedule().teacherTemp()));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
