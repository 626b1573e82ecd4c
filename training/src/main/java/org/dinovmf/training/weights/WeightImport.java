package org.dinovmf.training.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.PrototypeKind;
import org.tensorflow.ndarray.Shape;

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
  static final List<String> CENTERS = List.of("dino_loss", "ibot_loss");

  private static final String LAST_LAYER = "head.last_layer.";
  private static final String LAST_LAYER_OF_PATCHES = "head.last_layer2.";

  private final Path source;
  private final WeightFile file;
  private final Map<String, Map<String, StoredTensor>> groups;
  private final String teacherGroup;
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
    teacherGroup = teacherGroup();
    teacher = PublishedWeights.of(source.toString(), groups.get(teacherGroup));
    student = hasStudent() ? PublishedWeights.of(source.toString(), groups.get(STUDENT)) : teacher;
    NetworkShape shape = new NetworkShape(source.toString(), teacher);
    Optional<Integer> heads =
        hints.heads().or(() -> ExportLayout.heads(file.metadata())).or(beside::heads);
    encoder = shape.encoder(heads, positionRule(hints));
    head = shape.head(encoder.embedDim());
    patches = shape.patches();
    requireAlike();
  }

  private boolean hasStudent() {
    return groups.containsKey(STUDENT) && !teacherGroup.equals(STUDENT);
  }

  /** Both networks have the same weights, but for what is the student's alone. */
  private void requireAlike() throws CheckpointException {
    for (String name : teacher.names()) {
      Optional<Shape> found = student.shape(name);
      boolean mayLack = name.startsWith(LAST_LAYER_OF_PATCHES);
      if (found.isEmpty() ? !mayLack : !found.equals(teacher.shape(name))) {
        throw new CheckpointException(
            "'%s' cannot be imported: weight '%s' is %s in the teacher and %s in the student, which must be alike"
                .formatted(
                    source,
                    name,
                    teacher.shape(name).orElseThrow(),
                    found.map(Shape::toString).orElse("missing")));
      }
    }
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
  private PositionRule positionRule(Hints hints) {
    boolean hasRegisters = teacher.names().contains(KeyNames.BACKBONE + "register_tokens");
    if (hints.positions().isPresent()) {
      return hints.positions().get();
    }
    Optional<PositionRule> exported = ExportLayout.positions(file.metadata());
    if (exported.isPresent()) {
      return exported.get();
    }
    Set<String> keys = groups.get(teacherGroup).keySet();
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
      for (String name : List.of(LAST_LAYER + "weight_g", LAST_LAYER_OF_PATCHES + "weight_g")) {
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

  /** The layer for patches, where it is the one for class tokens under another name. */
  List<String> twins() throws IOException {
    return hasTwins(student) && hasTwins(teacher)
        ? List.of(LAST_LAYER_OF_PATCHES + "weight_v", LAST_LAYER_OF_PATCHES + "weight_g")
        : List.of();
  }

  /** A layer that is shared stands under both names, or under the first alone. */
  private static boolean hasTwins(PublishedWeights network) throws IOException {
    for (String part : List.of("weight_v", "weight_g")) {
      Optional<float[]> first = network.values(LAST_LAYER + part);
      Optional<float[]> second = network.values(LAST_LAYER_OF_PATCHES + part);
      if (first.isPresent() && second.isPresent() && !Arrays.equals(first.get(), second.get())) {
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
    return new WeightCopy(this, config).to(run);
  }

  Path source() {
    return source;
  }

  PublishedWeights teacher() {
    return teacher;
  }

  /** The teacher again where the file has one network. */
  PublishedWeights student() {
    return student;
  }

  SiblingConfig beside() {
    return beside;
  }

  /** Patches of the position table. */
  int patches() {
    return patches;
  }

  /** A tensor of a table. */
  Optional<StoredTensor> tensor(String group, String name) {
    return Optional.ofNullable(groups.getOrDefault(group, Map.of()).get(name));
  }

  /** What the file holds besides its networks: tables of tensors, and other things. */
  List<String> besideNetworks() {
    List<String> names = new ArrayList<>(groups.keySet());
    names.remove(teacherGroup);
    if (hasStudent()) {
      names.remove(STUDENT);
    }
    names.addAll(file.others());
    return names;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
