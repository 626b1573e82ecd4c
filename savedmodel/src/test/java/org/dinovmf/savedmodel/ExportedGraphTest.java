package org.dinovmf.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dinovmf.graph.Prototypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** What is in an exported model, and what is not. */
final class ExportedGraphTest {

  /** What the saver has besides, in its own scope. */
  private static final Set<String> SAVER_OPS = Set.of("AssignVariableOp", "RestoreV2", "SaveV2");

  /** Every other op type that a server has to have; none trains, and none reads files. */
  private static final Set<String> ALLOWED_OPS =
      Set.of(
          // weights and signatures
          "Const",
          "EnsureShape",
          "Identity",
          "NoOp",
          "Placeholder",
          "PlaceholderWithDefault",
          "ReadVariableOp",
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
          "BatchMatMulV2",
          "BiasAdd",
          "BroadcastTo",
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

  private static final LinearClassifier CLASSIFIER =
      new LinearClassifier(
          new LinearClassifier.Features.ClassTokens(2),
          new float[2][48],
          new float[2],
          List.of("a", "b"));

  @TempDir private static Path folder;

  private static Path checkpoint;
  private static Path version;

  @BeforeAll
  static void exportOnce() throws IOException {
    checkpoint = folder.resolve("weights");
    try (TeacherCheckpoint teacher = new TeacherCheckpoint()) {
      teacher.save(checkpoint);
    }
    version = TeacherCheckpoint.export(checkpoint, folder.resolve("model"));
  }

  @Test
  void describesItsSignaturesAsServersExpect() throws IOException {
    Map<String, SignatureDef> signatures =
        TeacherCheckpoint.metaGraph(version).getSignatureDefMap();
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
    assertEquals(
        List.of("serve"), TeacherCheckpoint.metaGraph(version).getMetaInfoDef().getTagsList());
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
        TeacherCheckpoint.metaGraph(
            EncoderExporter.export(source, ExportConfig.of(Sizes.ANY), other));
    assertFalse(meta.containsSignatureDef("assign"));
    assertFalse(
        meta.getGraphDef().getNodeList().stream()
            .anyMatch(node -> node.toString().contains("teacher/head")));
    assertEquals(
        List.of(-1L, -1L, -1L, 3L),
        sizes(meta.getSignatureDefOrThrow("from_pixels").getInputsOrThrow("pixels")));
  }

  @ParameterizedTest
  @CsvSource({
    "FIXED, FLOAT32, false",
    "ANY, FLOAT32, false",
    "FIXED, BFLOAT16, false",
    "FIXED, FLOAT32, true"
  })
  void holdsNoTrainingOpAndNoFileOpButTheSavers(
      Sizes sizes, WeightType weights, boolean classifies, @TempDir Path other) throws IOException {
    MetaGraphDef meta =
        TeacherCheckpoint.metaGraph(
            EncoderExporter.export(
                TeacherCheckpoint.source(checkpoint),
                new ExportConfig(sizes, weights, Optional.of(CLASSIFIER).filter(c -> classifies)),
                other));
    Set<String> types = new TreeSet<>();
    for (NodeDef node : meta.getGraphDef().getNodeList()) {
      if (!node.getName().startsWith("save/") || !SAVER_OPS.contains(node.getOp())) {
        types.add(node.getOp());
      }
    }
    meta.getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> function.getNodeDefList().forEach(node -> types.add(node.getOp())));
    types.removeAll(ALLOWED_OPS);
    assertEquals(Set.of(), types);
  }

  /** Neither that of the checkpoint nor its own: a model is moved to where it serves. */
  @Test
  void namesNoFolder() throws IOException {
    try (Stream<Path> files = Files.walk(version)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(folder.toString()), file.toString());
      }
    }
  }

  @Test
  void holdsTheTeacherAlone() throws IOException {
    long variables =
        TeacherCheckpoint.metaGraph(version).getGraphDef().getNodeList().stream()
            .filter(node -> node.getOp().equals("VarHandleOp"))
            .peek(
                node ->
                    assertEquals(
                        node.getAttrOrThrow("shared_name").getS().toStringUtf8(), node.getName()))
            .map(NodeDef::getName)
            .peek(name -> assertTrue(name.startsWith("teacher/"), name))
            .count();
    // class token, positions, patches (2), last norm (2), 12 a block; head (6); in place of the
    // prototypes the mixture: components, their terms and their concentrations
    assertEquals(6 + 2 * 12 + 6 + 3, variables);
  }

  /** Not once a call: a matrix of 65,536 prototypes would be normalized for every image. */
  @Test
  void computesTheMixtureBeforeTheModelIsWritten() throws IOException {
    Set<String> types = new TreeSet<>();
    for (NodeDef node : TeacherCheckpoint.metaGraph(version).getGraphDef().getNodeList()) {
      if (node.getName().startsWith("head/")) {
        types.add(node.getOp());
      }
    }
    assertTrue(types.contains("TopKV2"), types.toString());
    types.retainAll(Set.of("Sqrt", "Log1p", "Rsqrt"));
    // One in the logarithm of a sum, one in the length of an embedding; none in the normalizer.
    assertEquals(Set.of("Rsqrt"), types);
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
}
