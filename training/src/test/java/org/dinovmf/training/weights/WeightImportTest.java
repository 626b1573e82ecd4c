package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.VitExtras;
import org.dinovmf.training.checkpoint.CheckpointException;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;

/** What is understood of a file; an encoder of one block, width 64, patches of 2 pixels, 2 by 2. */
class WeightImportTest {

  private static final int DIM = 64;
  private static final int PATCHES = 4;

  @TempDir private Path folder;

  private final Map<String, Shape> published = new LinkedHashMap<>();

  WeightImportTest() {
    published.put("cls_token", Shape.of(1, 1, DIM));
    published.put("pos_embed", Shape.of(1, 1 + PATCHES, DIM));
    linear("norm", DIM);
    published.put("patch_embed.proj.weight", Shape.of(DIM, 3, 2, 2));
    published.put("patch_embed.proj.bias", Shape.of(DIM));
    for (String norm : List.of("norm1", "norm2")) {
      linear("blocks.0." + norm, DIM);
    }
    linear("blocks.0.attn.qkv", 3 * DIM, DIM);
    linear("blocks.0.attn.proj", DIM, DIM);
    linear("blocks.0.mlp.fc1", 2 * DIM, DIM);
    linear("blocks.0.mlp.fc2", DIM, 2 * DIM);
  }

  private void linear(String name, long... shape) {
    published.put(name + ".weight", Shape.of(shape));
    published.put(name + ".bias", Shape.of(shape[0]));
  }

  @Test
  void infersThePlainEncoder() throws IOException {
    try (WeightImport found = open(published)) {
      assertEquals(config(0, false, PositionRule.OFFSET), found.encoder());
      assertTrue(found.head().isEmpty());
    }
  }

  @Test
  void timmsTableHasNoRowForTheClassToken() throws IOException {
    published.put("pos_embed", Shape.of(1, PATCHES, DIM));
    published.put("reg_token", Shape.of(1, 3, DIM));
    published.put("blocks.0.ls1.gamma", Shape.of(DIM));
    published.put("blocks.0.ls2.gamma", Shape.of(DIM));
    try (WeightImport found = open(published)) {
      assertEquals(config(3, true, PositionRule.ANTIALIASED), found.encoder());
    }
    try (WeightFile file = WeightFile.open(folder.resolve("model.safetensors"))) {
      PublishedWeights weights = PublishedWeights.of("model", file.groups().get(""));
      float[] table = file.groups().get("").get("pos_embed").floats();
      float[] positions = weights.positions(PATCHES);
      assertEquals((1 + PATCHES) * DIM, positions.length);
      for (int i = 0; i < positions.length; i++) {
        assertEquals(i < DIM ? 0 : table[i - DIM], positions[i]);
      }
    }
  }

  @Test
  void aDistillationTokenIsARegisterWithItsPosition() throws IOException {
    published.put("pos_embed", Shape.of(1, 2 + PATCHES, DIM));
    published.put("dist_token", Shape.of(1, 1, DIM));
    published.put("head_dist.weight", Shape.of(10, DIM));
    published.put("head.weight", Shape.of(10, DIM));
    try (WeightImport found = open(published)) {
      assertEquals(config(1, false, PositionRule.ANTIALIASED), found.encoder());
    }
    try (WeightFile file = WeightFile.open(folder.resolve("model.safetensors"))) {
      PublishedWeights weights = PublishedWeights.of("model", file.groups().get(""));
      float[] table = file.groups().get("").get("pos_embed").floats();
      float[] token = file.groups().get("").get("dist_token").floats();
      float[] register = weights.registers().orElseThrow();
      float[] positions = weights.positions(PATCHES);
      for (int i = 0; i < DIM; i++) {
        assertEquals(token[i] + table[DIM + i], register[i]);
        assertEquals(table[i], positions[i]);
        assertEquals(table[2 * DIM + i], positions[DIM + i]);
      }
    }
  }

  @Test
  void queriesKeysAndValuesAreJoinedInThisOrder() throws IOException {
    Map<String, Shape> split = new LinkedHashMap<>();
    for (String part : List.of("value", "query", "key")) {
      split.put("encoder.layer.0.attention.attention." + part + ".weight", Shape.of(DIM, DIM));
      split.put("encoder.layer.0.attention.attention." + part + ".bias", Shape.of(DIM));
    }
    try (WeightFile file = WeightFile.open(write(split))) {
      Map<String, StoredTensor> tensors = file.groups().get("");
      PublishedWeights weights = PublishedWeights.of("model", tensors);
      assertEquals(
          Optional.of(Shape.of(3 * DIM, DIM)), weights.shape("backbone.blocks.0.attn.qkv.weight"));
      float[] joined = weights.values("backbone.blocks.0.attn.qkv.bias").orElseThrow();
      List<String> order = List.of("query", "key", "value");
      for (int part = 0; part < 3; part++) {
        float[] one =
            tensors
                .get("encoder.layer.0.attention.attention." + order.get(part) + ".bias")
                .floats();
        float[] found = new float[DIM];
        System.arraycopy(joined, part * DIM, found, 0, DIM);
        assertArrayEquals(one, found, order.get(part));
      }
    }
  }

  @Test
  void theConfigurationBesideSaysTheHeadsAndThePixels() throws IOException {
    Files.writeString(
        folder.resolve("config.json"), "{\"num_attention_heads\": 4, \"hidden_act\": \"gelu\"}");
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_mean\": [0.5, 0.4, 0.3], \"image_std\": [0.2, 0.2, 0.1]}");
    try (WeightImport found = open(published)) {
      assertEquals(4, found.encoder().numHeads());
      assertEquals(List.of(0.5, 0.4, 0.3), found.normalization().orElseThrow().mean());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "{\"use_swiglu_ffn\": true}, says SwiGLU",
    "{\"hidden_act\": \"relu\"}, says relu",
    "{\"hidden_act\", cannot be read"
  })
  void refusesAConfigurationThatItCannotRun(String config, String reason) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    assertRefused(reason);
  }

  @Test
  void refusesSwiGluByName() {
    published.put("blocks.0.mlp.w12.weight", Shape.of(4 * DIM, DIM));
    assertRefused("has a SwiGLU network in its blocks ('blocks.0.mlp.w12.weight')");
  }

  @Test
  void refusesAGatedMlpByItsShape() {
    published.put("blocks.0.mlp.fc2.weight", Shape.of(DIM, DIM));
    assertRefused("the MLP makes 128 values and takes 64, as a SwiGLU network does");
  }

  @Test
  void namesWhatItHasNoPlaceFor() {
    published.put("rope_embed.periods", Shape.of(16));
    assertRefused(
        "has 1 weights for which this encoder has no place, such as 'rope_embed.periods'");
  }

  @Test
  void namesWhatIsMissing() {
    published.remove("blocks.0.norm2.bias");
    assertRefused("it lacks 1 weights of an encoder of 1 blocks: blocks.0.norm2.bias");
  }

  @Test
  void twoNamesForOneWeightAreRefused() {
    published.put("module.cls_token", Shape.of(1, 1, DIM));
    assertRefused("has two weights that both mean 'backbone.cls_token'");
  }

  @ParameterizedTest
  @CsvSource({
    "dino-full.pth, FREE, false, SHARED, 24",
    "ibot-full.pth, FREE, true, SHARED, 24",
    "dino-parametrized-names.pth, FREE, false, SHARED, 24"
  })
  void tellsWhatTheHeadIs(
      String name, PrototypeKind kind, boolean isIbot, LastLayers layers, int prototypes)
      throws IOException {
    WeightImport.Hints hints = new WeightImport.Hints(Optional.of(2), Optional.empty());
    try (WeightImport found = WeightImport.open(Interop.copy(name, folder), hints)) {
      assertEquals(kind, found.prototypes());
      assertEquals(isIbot, found.isIbot());
      assertEquals(layers, found.lastLayers());
      assertEquals(prototypes, found.head().orElseThrow().numPrototypes());
    }
  }

  /** A head of 5 prototypes in 4 dimensions below a network's prefix. */
  private void head(Map<String, Shape> shapes, String prefix, String... lastLayers) {
    shapes.put(prefix + "head.mlp.0.weight", Shape.of(8, DIM));
    shapes.put(prefix + "head.mlp.0.bias", Shape.of(8));
    shapes.put(prefix + "head.mlp.2.weight", Shape.of(8, 8));
    shapes.put(prefix + "head.mlp.2.bias", Shape.of(8));
    shapes.put(prefix + "head.mlp.4.weight", Shape.of(4, 8));
    shapes.put(prefix + "head.mlp.4.bias", Shape.of(4));
    for (String layer : lastLayers) {
      shapes.put(prefix + "head." + layer + ".weight_g", Shape.of(5, 1));
      shapes.put(prefix + "head." + layer + ".weight_v", Shape.of(5, 4));
    }
  }

  /** Student and teacher of one encoder. */
  private Map<String, Shape> networks(List<String> ofStudent, List<String> ofTeacher) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (String prefix : List.of("student.", "teacher.")) {
      published.forEach((name, shape) -> shapes.put(prefix + "backbone." + name, shape));
    }
    head(shapes, "student.", ofStudent.toArray(String[]::new));
    head(shapes, "teacher.", ofTeacher.toArray(String[]::new));
    return shapes;
  }

  /** Every value of {@link #write} is another one, so that no layer is another's twin. */
  @Test
  void tellsWhoseLastLayersAreSeparate() throws IOException {
    List<String> both = List.of("last_layer", "last_layer2");
    List<String> one = List.of("last_layer");
    try (WeightImport found = open(networks(both, both))) {
      assertEquals(LastLayers.SEPARATE, found.lastLayers());
    }
    try (WeightImport found = open(networks(both, one))) {
      assertEquals(LastLayers.STUDENT_SEPARATE, found.lastLayers());
    }
    try (WeightImport found = open(networks(one, one))) {
      assertEquals(LastLayers.SHARED, found.lastLayers());
    }
  }

  @Test
  void lengthsOfExactlyOneAreThoseOfUnitPrototypes() throws IOException {
    List<String> one = List.of("last_layer");
    Path file = write(networks(one, one), name -> name.endsWith("weight_g"));
    try (WeightImport found = WeightImport.open(file, WeightImport.Hints.none())) {
      assertEquals(PrototypeKind.UNIT, found.prototypes());
    }
    Path ofTeacher = write(networks(one, one), name -> name.startsWith("student.head.last_layer."));
    try (WeightImport found = WeightImport.open(ofTeacher, WeightImport.Hints.none())) {
      assertEquals(PrototypeKind.FREE, found.prototypes());
    }
  }

  @Test
  void networksThatAreNotAlikeAreRefused() {
    List<String> one = List.of("last_layer");
    Map<String, Shape> shapes = networks(one, one);
    shapes.put("student.head.last_layer.weight_v", Shape.of(6, 4));
    assertRefused(
        shapes,
        "weight 'head.last_layer.weight_v' is [5, 4] in the teacher and [6, 4] in the student");
    Map<String, Shape> headless = networks(one, one);
    headless.keySet().removeIf(name -> name.startsWith("student.head."));
    assertRefused(
        headless, "weight 'head.last_layer.weight_g' is [5, 1] in the teacher and missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pos_embed | 1,5,128 | must be [1, tokens, 64], but is [1, 5, 128]",
        "register_tokens | 3 | must have 3 axes and not be empty, but is [3]",
        "register_tokens | 1,3,32 | must be [1, tokens, 64], but is [1, 3, 32]",
        "patch_embed.proj.weight | 0,3,2,2 | must have 4 axes and not be empty"
      })
  void refusesAShapeThatDoesNotFit(String name, String sizes, String reason) {
    long[] shape = Arrays.stream(sizes.split(",")).mapToLong(Long::parseLong).toArray();
    published.put(name, Shape.of(shape));
    assertRefused(reason);
  }

  @Test
  void theNumberOfHeadsIsAskedForWhereItIsUnknown() {
    published.replaceAll(
        (name, shape) -> Shape.of(Arrays.stream(shape.asArray()).map(n -> narrow(n)).toArray()));
    assertRefused("the width 40 is no multiple of the usual 64; give --heads");
  }

  /** 64 to 40, and its multiples. */
  private static long narrow(long size) {
    return size % DIM == 0 ? size / DIM * 40 : size;
  }

  @Test
  void refusesQueriesAndValuesWithoutKeys() {
    published.remove("blocks.0.attn.qkv.bias");
    published.put("encoder.layer.0.attention.attention.query.bias", Shape.of(DIM));
    published.put("encoder.layer.0.attention.attention.value.bias", Shape.of(DIM));
    assertRefused("has 'backbone.blocks.0.attn.q.bias' but no 'backbone.blocks.0.attn.k.bias'");
  }

  private void assertRefused(Map<String, Shape> shapes, String reason) {
    CheckpointException fault = assertThrows(CheckpointException.class, () -> open(shapes).close());
    assertTrue(fault.getMessage().contains(reason), fault.getMessage());
    assertEquals(1, fault.getMessage().lines().count());
  }

  private void assertRefused(String reason) {
    assertRefused(published, reason);
  }

  private static VitConfig config(int registers, boolean hasLayerScale, PositionRule rule) {
    return new VitConfig(4, 2, DIM, 1, 1, 2, 3, new VitExtras(registers, hasLayerScale, rule));
  }

  private WeightImport open(Map<String, Shape> shapes) throws IOException {
    return WeightImport.open(write(shapes), WeightImport.Hints.none());
  }

  /** Every value another one. */
  private Path write(Map<String, Shape> shapes) throws IOException {
    return write(shapes, name -> false);
  }

  /** Every value another one, but for some tensors of ones. */
  private Path write(Map<String, Shape> shapes, Predicate<String> isOnes) throws IOException {
    List<NamedTensor> tensors = new ArrayList<>();
    int next = 1;
    for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
      float[] values = new float[(int) entry.getValue().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = isOnes.test(entry.getKey()) ? 1 : 1 + next++;
      }
      tensors.add(new NamedTensor(entry.getKey(), entry.getValue(), values));
    }
    Path file = folder.resolve("model.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafetensorsWriter.write(out, tensors, Map.of());
    }
    return file;
  }
}
