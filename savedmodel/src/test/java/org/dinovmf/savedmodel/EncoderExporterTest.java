package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dinovmf.graph.Prototypes;
import org.dinovmf.graph.VitConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

final class EncoderExporterTest {

  /** Every op type that a server has to have; none trains, and none reads files but the saver's. */
  private static final Set<String> ALLOWED_OPS =
      Set.of(
          // weights and signatures
          "AssignVariableOp",
          "Const",
          "EnsureShape",
          "Identity",
          "NoOp",
          "Placeholder",
          "PlaceholderWithDefault",
          "ReadVariableOp",
          "RestoreV2",
          "SaveV2",
          "VarHandleOp",
          // decoding
          "BatchDatasetV2",
          "ConcatenateDataset",
          "DatasetToSingleElement",
          "DecodeImage",
          "DecodeJpeg",
          "DecodeRaw",
          "IgnoreErrorsDataset",
          "MapDataset",
          "ScaleAndTranslate",
          "StatelessIf",
          "Substr",
          "TensorDataset",
          "TensorSliceDataset",
          // arithmetic
          "Abs",
          "Add",
          "All",
          "BiasAdd",
          "Cast",
          "ClipByValue",
          "ConcatV2",
          "Div",
          "Einsum",
          "Equal",
          "Erf",
          "Exp",
          "ExpandDims",
          "Fill",
          "Floor",
          "FloorDiv",
          "GatherV2",
          "Greater",
          "GreaterEqual",
          "Less",
          "LessEqual",
          "Log",
          "LogicalAnd",
          "Max",
          "Maximum",
          "MatMul",
          "Mean",
          "Min",
          "Mul",
          "Neg",
          "OneHot",
          "OnesLike",
          "Pack",
          "Range",
          "Reshape",
          "ReverseV2",
          "Round",
          "Rsqrt",
          "ScatterNd",
          "SelectV2",
          "Shape",
          "Size",
          "Slice",
          "Softmax",
          "Square",
          "SquaredDifference",
          "Squeeze",
          "StopGradient",
          "Sub",
          "Sum",
          "Tile",
          "TopKV2",
          "Transpose",
          "Unpack");

  @TempDir private static Path folder;

  private static Path checkpoint;
  private static TeacherCheckpoint teacher;
  private static Path model;
  private static Path version;

  @BeforeAll
  static void exportOnce() throws IOException {
    checkpoint = folder.resolve("gewichte-ä").resolve("weights");
    Files.createDirectories(checkpoint.getParent());
    teacher = new TeacherCheckpoint();
    teacher.save(checkpoint);
    model = folder.resolve("modell-ö");
    version = TeacherCheckpoint.export(checkpoint, model);
  }

  @AfterAll
  static void close() {
    teacher.close();
  }

  @Test
  void givesTheTeachersEmbeddingOfPixels() throws IOException {
    float[][][][] pixels = {
      TestImages.pixels(TestImages.noise(16, 16, 1), 0, 0),
      TestImages.pixels(TestImages.noise(16, 16, 2), 0, 0)
    };
    float[][] expected = teacher.embed(pixels);
    try (Encoder encoder = Encoder.load(version)) {
      float[][] found = encoder.embedPixels(pixels);
      assertArrayEquals(expected[0], found[0], 1e-5f);
      assertArrayEquals(expected[1], found[1], 1e-5f);
    }
  }

  /** The shorter side is 18 already, so the transform only cuts: columns 6 to 21, rows 1 to 16. */
  @Test
  void givesTheTeachersEmbeddingOfAnEncodedImage() throws IOException {
    BufferedImage image = TestImages.noise(28, 18, 3);
    float[][] expected = teacher.embed(new float[][][][] {TestImages.pixels(image, 6, 1)});
    try (Encoder encoder = Encoder.load(version)) {
      assertArrayEquals(expected[0], encoder.embed(TestImages.encode(image, "png"))[0], 1e-5f);
    }
  }

  @Test
  void marksABadImageByNanAndKeepsItsNeighbors() throws IOException {
    byte[] good = TestImages.encode(TestImages.noise(30, 30, 4), "jpg");
    try (Encoder encoder = Encoder.load(version)) {
      float[][] rows = encoder.embed(good, new byte[] {1, 2, 3}, good);
      // To rounding: the place in the batch decides which instructions multiply.
      float[] alone = encoder.embed(good)[0];
      assertArrayEquals(alone, rows[0], 1e-6f);
      assertArrayEquals(alone, rows[2], 1e-6f);
      for (float value : rows[1]) {
        assertTrue(Float.isNaN(value));
      }
    }
  }

  @Test
  void describesItsSignaturesAsServersExpect() throws IOException {
    Map<String, SignatureDef> signatures = metaGraph(version).getSignatureDefMap();
    assertEquals(
        Set.of(
            "serving_default",
            "from_bytes_oriented",
            "from_pixels",
            "from_pixels_uint8",
            "tokens",
            "attention",
            "assign"),
        signatures.keySet());
    SignatureDef files = signatures.get("serving_default");
    assertInput(files, "image_bytes", DataType.DT_STRING, List.of(-1L));
    assertOutputs(files, Map.of("embedding", List.of(-1L, 24L), "valid", List.of(-1L)));
    assertEquals(DataType.DT_BOOL, files.getOutputsOrThrow("valid").getDtype());
    SignatureDef oriented = signatures.get("from_bytes_oriented");
    assertEquals(Set.of("image_bytes", "orientation"), oriented.getInputsMap().keySet());
    assertEquals(DataType.DT_INT32, oriented.getInputsOrThrow("orientation").getDtype());
    assertEquals(List.of(-1L), sizes(oriented.getInputsOrThrow("orientation")));
    assertEquals(files.getOutputsMap(), oriented.getOutputsMap());
    List<Long> sizes = List.of(-1L, 16L, 16L, 3L);
    assertInput(signatures.get("from_pixels"), "pixels", DataType.DT_FLOAT, sizes);
    assertOutputs(signatures.get("from_pixels"), Map.of("embedding", List.of(-1L, 24L)));
    assertInput(signatures.get("from_pixels_uint8"), "pixels", DataType.DT_UINT8, sizes);
    assertOutputs(signatures.get("from_pixels_uint8"), Map.of("embedding", List.of(-1L, 24L)));
    assertInput(signatures.get("tokens"), "pixels", DataType.DT_FLOAT, sizes);
    assertOutputs(
        signatures.get("tokens"),
        Map.of("embedding", List.of(-1L, 24L), "patch_embeddings", List.of(-1L, 16L, 24L)));
    assertInput(signatures.get("attention"), "pixels", DataType.DT_FLOAT, sizes);
    assertOutputs(signatures.get("attention"), Map.of("attention", List.of(-1L, 2L, 4L, 4L)));
    assertInput(signatures.get("assign"), "pixels", DataType.DT_FLOAT, sizes);
    assertOutputs(
        signatures.get("assign"),
        Map.of(
            "sphere_embedding", List.of(-1L, 6L),
            "prototype_indices", List.of(-1L, 5L),
            "posteriors", List.of(-1L, 5L),
            "kappas", List.of(-1L, 5L),
            "log_density", List.of(-1L)));
    assertEquals(List.of("serve"), metaGraph(version).getMetaInfoDef().getTagsList());
  }

  @Test
  void leavesOutAHeadThatIsNoMixture(@TempDir Path other) throws IOException {
    HeadSource free =
        new HeadSource(
            TeacherCheckpoint.HEAD.sizes(),
            new Prototypes.Free(),
            0.07,
            TeacherCheckpoint.HEAD.weights());
    CheckpointSource source =
        new CheckpointSource(
            TeacherCheckpoint.SPEC, checkpoint, TeacherCheckpoint.PREFIX, Optional.of(free));
    MetaGraphDef meta =
        metaGraph(EncoderExporter.export(source, ExportConfig.of(Sizes.ANY), other));
    assertFalse(meta.containsSignatureDef("assign"));
    assertFalse(
        meta.getGraphDef().getNodeList().stream()
            .anyMatch(node -> node.toString().contains("teacher/head")));
    assertEquals(
        List.of(-1L, -1L, -1L, 3L),
        sizes(meta.getSignatureDefOrThrow("from_pixels").getInputsOrThrow("pixels")));
  }

  @ParameterizedTest
  @CsvSource({"FIXED, FLOAT32", "ANY, FLOAT32", "FIXED, BFLOAT16"})
  void holdsNoTrainingOpAndNoFileOpButTheSavers(
      Sizes sizes, WeightType weights, @TempDir Path other) throws IOException {
    MetaGraphDef meta =
        metaGraph(
            EncoderExporter.export(
                TeacherCheckpoint.source(checkpoint),
                new ExportConfig(sizes, weights, Optional.empty()),
                other));
    Set<String> types = new TreeSet<>();
    for (NodeDef node : meta.getGraphDef().getNodeList()) {
      types.add(node.getOp());
      if (Set.of("SaveV2", "RestoreV2", "AssignVariableOp").contains(node.getOp())) {
        assertTrue(node.getName().startsWith("save/"), node.getName());
      }
    }
    meta.getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> function.getNodeDefList().forEach(node -> types.add(node.getOp())));
    types.removeAll(ALLOWED_OPS);
    assertEquals(Set.of(), types);
  }

  @Test
  void holdsTheTeacherAlone() throws IOException {
    long variables =
        metaGraph(version).getGraphDef().getNodeList().stream()
            .filter(node -> node.getOp().equals("VarHandleOp"))
            .peek(
                node ->
                    assertEquals(
                        node.getAttrOrThrow("shared_name").getS().toStringUtf8(), node.getName()))
            .map(NodeDef::getName)
            .peek(name -> assertTrue(name.startsWith("teacher/"), name))
            .count();
    // class token, positions, patches (2), last norm (2), 12 a block; head (6); the mixture in
    // place
    // of the prototypes: components, their terms and their concentrations
    assertEquals(6 + 2 * 12 + 6 + 3, variables);
  }

  /** Not once a call: a matrix of 65,536 prototypes would be normalized for every image. */
  @Test
  void computesTheMixtureBeforeTheModelIsWritten() throws IOException {
    Set<String> types = new TreeSet<>();
    for (NodeDef node : metaGraph(version).getGraphDef().getNodeList()) {
      if (node.getName().startsWith("head/")) {
        types.add(node.getOp());
      }
    }
    assertTrue(types.contains("TopKV2"), types.toString());
    types.retainAll(Set.of("Sqrt", "Log1p", "Rsqrt"));
    // One in the logarithm of a sum, one in the length of an embedding; none in the normalizer.
    assertEquals(Set.of("Rsqrt"), types);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16, DT_HALF, 0.001", "BFLOAT16, DT_BFLOAT16, 0.01"})
  void keepsWeightsInHalfTheSize(
      WeightType weights, DataType type, float tolerance, @TempDir Path other) throws IOException {
    Path half =
        EncoderExporter.export(
            TeacherCheckpoint.source(checkpoint),
            new ExportConfig(Sizes.FIXED, weights, Optional.empty()),
            other);
    Set<DataType> types = new TreeSet<>();
    for (NodeDef node : metaGraph(half).getGraphDef().getNodeList()) {
      if (node.getOp().equals("VarHandleOp")) {
        boolean isMixture = node.getName().startsWith("teacher/head/mixture/");
        DataType found = node.getAttrOrThrow("dtype").getType();
        assertEquals(isMixture ? DataType.DT_FLOAT : type, found, node.getName());
        types.add(found);
      }
    }
    assertEquals(Set.of(DataType.DT_FLOAT, type), types);
    String data = "variables/variables.data-00000-of-00001";
    assertTrue(Files.size(half.resolve(data)) < 0.52 * Files.size(version.resolve(data)));
    float[][][][] pixels = {TestImages.pixels(TestImages.noise(16, 16, 1), 0, 0)};
    float[] exact = teacher.embed(pixels)[0];
    try (Encoder encoder = Encoder.load(half, 1)) {
      float[] rounded = encoder.embedPixels(pixels)[0];
      // Rounding errors of the weights add up at random; an embedding is of length 5 or so.
      assertArrayEquals(exact, rounded, 5 * tolerance);
      assertFalse(Arrays.equals(exact, rounded));
      assertArrayEquals(
          new float[] {1},
          new float[] {(float) sum(encoder.assign(pixels).embeddings()[0])},
          1e-5f);
    }
  }

  private static double sum(float[] y) {
    double sum = 0;
    for (float value : y) {
      sum += (double) value * value;
    }
    return sum;
  }

  @Tag("slow")
  @Test
  void givesEachExportTheNextNumberAndReplacesNone(@TempDir Path other) throws IOException {
    Files.createDirectory(other.resolve("4"));
    Files.createDirectory(other.resolve("notes"));
    assertEquals(other.resolve("5"), TeacherCheckpoint.export(checkpoint, other));
    assertEquals(other.resolve("6"), TeacherCheckpoint.export(checkpoint, other));
    assertEquals(Set.of("4", "5", "6", "notes"), names(other));
  }

  @Test
  void namesTheWeightsThatACheckpointLacks(@TempDir Path other) throws IOException {
    IOException fault =
        assertThrows(
            IOException.class,
            () -> export(TeacherCheckpoint.SPEC, checkpoint, "student/backbone", other));
    assertEquals(
        ("checkpoint '%s' lacks 29 of 30 weights of the encoder: "
                + "student/backbone/patch_embed/proj/weight, "
                + "student/backbone/patch_embed/proj/bias, student/backbone/pos_embed, "
                + "student/backbone/blocks/0/norm1/weight, "
                + "student/backbone/blocks/0/norm1/bias, ...")
            .formatted(checkpoint),
        fault.getMessage());
    assertEquals(Set.of(), names(other));
  }

  @Test
  void saysWhichWeightHasAnotherShape(@TempDir Path other) {
    EncoderSpec wider =
        new EncoderSpec(
            new VitConfig(16, 4, 24, 2, 2, 3, 3),
            TeacherCheckpoint.SPEC.transform(),
            TeacherCheckpoint.SPEC.normalization());
    IOException fault =
        assertThrows(IOException.class, () -> export(wider, checkpoint, "teacher/backbone", other));
    assertEquals(
        ("weight 'teacher/backbone/blocks/0/mlp/fc1/weight' is [24, 72] here but [24, 48] in"
                + " '%s': another size of encoder?")
            .formatted(checkpoint),
        fault.getMessage());
  }

  @Test
  void rejectsACheckpointThatIsNot(@TempDir Path other) {
    Path nothing = other.resolve("weights");
    IOException fault =
        assertThrows(
            IOException.class, () -> TeacherCheckpoint.export(nothing, other.resolve("m")));
    assertEquals(
        "there is no checkpoint '%s': no file '%s.index'".formatted(nothing, nothing),
        fault.getMessage());
  }

  @Test
  void rejectsAFileInPlaceOfTheModelFolder(@TempDir Path other) throws IOException {
    Path file = Files.writeString(other.resolve("model"), "x");
    IOException fault =
        assertThrows(IOException.class, () -> TeacherCheckpoint.export(checkpoint, file));
    assertEquals(
        "'%s' must be a folder for the versions of a model, but is a file".formatted(file),
        fault.getMessage());
  }

  private static Path export(EncoderSpec spec, Path checkpoint, String weights, Path model)
      throws IOException {
    return EncoderExporter.export(
        CheckpointSource.of(spec, checkpoint, weights), ExportConfig.standard(), model);
  }

  private static void assertInput(
      SignatureDef signature, String input, DataType type, List<Long> shape) {
    assertEquals("tensorflow/serving/predict", signature.getMethodName());
    assertEquals(Set.of(input), signature.getInputsMap().keySet());
    TensorInfo in = signature.getInputsOrThrow(input);
    assertEquals(type, in.getDtype());
    assertEquals(shape, sizes(in));
  }

  private static void assertOutputs(SignatureDef signature, Map<String, List<Long>> shapes) {
    Map<String, List<Long>> found = new TreeMap<>();
    signature.getOutputsMap().forEach((name, info) -> found.put(name, sizes(info)));
    assertEquals(new TreeMap<>(shapes), found);
  }

  private static List<Long> sizes(TensorInfo info) {
    return info.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new TreeSet<>(entries.map(entry -> entry.getFileName().toString()).toList());
    }
  }

  private static MetaGraphDef metaGraph(Path version) throws IOException {
    try (InputStream in = Files.newInputStream(version.resolve("saved_model.pb"))) {
      return SavedModel.parseFrom(in).getMetaGraphs(0);
    }
  }
}
