package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dinovmf.savedmodel.Encoder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportServingTest {

  @TempDir private static Path shared;

  private static Path run;
  private static Path folder;

  @BeforeAll
  static void export() throws IOException {
    run = Files.createDirectory(shared.resolve("run"));
    TinyRun.begin(run);
    TinyRun.save(run, 10);
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"step\": 0, \"epoch\": 0.0, \"knn_top1\": 51.234, \"knn_top5\": 98.765}\n");
    folder = shared.resolve("deploy");
    CommandRun found =
        CommandRun.of("export", "serving", "--run", run, "--name", "photos", "--out", folder);
    assertEquals(0, found.exitCode(), found.err());
  }

  @Test
  void servesTheSavedModelToTensorFlowServing() throws IOException {
    try (Encoder encoder = Encoder.load(folder.resolve("models/photos"), 1)) {
      assertEquals(24, encoder.dimension());
    }
    assertEquals(
        """
        model_config_list {
          config {
            name: "photos"
            base_path: "/models/photos"
            model_platform: "tensorflow"
          }
        }
        """,
        Files.readString(folder.resolve("models.config")));
    String docker = Files.readString(folder.resolve("Dockerfile"));
    assertTrue(docker.startsWith("# Untested"), docker);
    assertTrue(docker.contains("COPY models /models\nCOPY models.config"), docker);
  }

  @Test
  void describesOnnxToTriton() throws Exception {
    assertTrue(Files.size(folder.resolve("triton/photos/1/model.onnx")) > 1000);
    Message config = triton(folder.resolve("triton/photos/config.pbtxt"));
    assertEquals("photos", value(config, "name"));
    assertEquals("onnxruntime_onnx", value(config, "platform"));
    List<Message> inputs = messages(config, "input");
    assertEquals(1, inputs.size());
    assertEquals("pixels", value(inputs.get(0), "name"));
    assertEquals("TYPE_FP32", value(inputs.get(0), "data_type"));
    assertEquals(List.of(16L, 16L, 3L), value(inputs.get(0), "dims"));
    List<Message> outputs = messages(config, "output");
    assertEquals("embedding", value(outputs.get(0), "name"));
    assertEquals(List.of(24L), value(outputs.get(0), "dims"));
  }

  @Test
  void describesTheSavedModelToTriton() throws Exception {
    Path model = folder.resolve("triton/photos-savedmodel");
    assertTrue(Files.exists(model.resolve("1/model.savedmodel/saved_model.pb")));
    Message config = triton(model.resolve("config.pbtxt"));
    assertEquals("tensorflow_savedmodel", value(config, "platform"));
    Message input = messages(config, "input").get(0);
    assertEquals("image_bytes", value(input, "name"));
    assertEquals("TYPE_STRING", value(input, "data_type"));
    assertEquals(List.of(1L), value(input, "dims"));
    assertEquals(1, messages(input, "reshape").size());
    assertEquals(List.of(), value(messages(input, "reshape").get(0), "shape"));
    List<Message> outputs = messages(config, "output");
    assertEquals("embedding", value(outputs.get(0), "name"));
    assertEquals(0, messages(outputs.get(0), "reshape").size());
    assertEquals("valid", value(outputs.get(1), "name"));
    assertEquals("TYPE_BOOL", value(outputs.get(1), "data_type"));
    assertEquals(
        List.of("TF_SIGNATURE_DEF", "TF_GRAPH_TAG"),
        messages(config, "parameters").stream().map(entry -> value(entry, "key")).toList());
  }

  @Test
  void describesAServiceToKServe() throws IOException {
    JsonNode service = new YAMLMapper().readTree(folder.resolve("kserve.yaml").toFile());
    assertEquals("InferenceService", service.get("kind").textValue());
    assertEquals("photos", service.get("metadata").get("name").textValue());
    assertEquals("tensorflow", service.at("/spec/predictor/model/modelFormat/name").textValue());
  }

  @Test
  void fillsTheModelCardFromTheRun() throws IOException {
    String card = Files.readString(folder.resolve("README.md"));
    String yaml = card.substring(4, card.indexOf("\n---\n", 4));
    JsonNode header = new YAMLMapper().readTree(yaml);
    assertEquals("image-feature-extraction", header.get("pipeline_tag").textValue());
    JsonNode result = header.at("/model-index/0/results/0");
    assertEquals("image-feature-extraction", result.at("/task/type").textValue());
    assertEquals(51.23, result.at("/metrics/0/value").doubleValue());
    assertTrue(card.contains("| nearest neighbors, top 5 | 98.77 |"), card);
    assertTrue(card.contains("| training images | 2, fingerprint `2-ab` |"), card);
    // Patches 3 * 16 * 24 + 24, class token and positions 18 * 24, two blocks of 8 * 24 * 24 + 11 *
    // 24 with an MLP of ratio 2, the last norm 2 * 24.
    assertTrue(card.contains("| parameters of the encoder | 11400 |"), card);
    assertTrue(
        card.contains("| `from_pixels` | `pixels` float [16, 16, 3] | `embedding` float [24] |"),
        card);
    assertFalse(card.contains(shared.toString()), card);
  }

  @Test
  void refusesNamesThatServersRefuse() {
    for (String name :
        List.of(
            "Photos_1",
            "1a",
            "123",
            "a-",
            "-a",
            "a".repeat(64),
            "",
            "a b",
            "größe",
            "a\"b",
            "a: b",
            "it's",
            "../a",
            "a/b",
            "a\n",
            "a\nb")) {
      CommandRun found =
          CommandRun.of(
              "export", "serving", "--run", run, "--name", name, "--out", shared.resolve("x"));
      assertEquals(2, found.exitCode());
      assertTrue(
          found
              .err()
              .contains(
                  "--name must be a lower-case letter and at most 62 more, digits or '-', and not end in '-', but is '%s'"
                      .formatted(name.replace('\n', '?'))),
          found.err());
    }
  }

  @Test
  void leavesNothingOfAnExportThatFails(@TempDir Path other) throws IOException {
    Path broken = Files.createDirectory(other.resolve("run"));
    TinyRun.begin(broken);
    Path checkpoint = TinyRun.save(broken, 10).directory();
    Files.delete(checkpoint.resolve("weights.data-00000-of-00001"));
    Path out = other.resolve("deploy");
    CommandRun found =
        CommandRun.of("export", "serving", "--run", broken, "--name", "true", "--out", out);
    assertFalse(found.exitCode() == 0, found.err());
    try (Stream<Path> left = Files.list(other)) {
      assertEquals(List.of(broken), left.toList());
    }
  }

  /**
   * The fields that are used of Triton's model_config.proto, by their names; text needs no more.
   */
  private static Message triton(Path file) throws Exception {
    DescriptorProto reshape =
        message(
            "Reshape",
            field(
                "shape",
                FieldDescriptorProto.Type.TYPE_INT64,
                FieldDescriptorProto.Label.LABEL_REPEATED,
                ""));
    DescriptorProto tensor =
        message(
            "Tensor",
            field(
                "name",
                FieldDescriptorProto.Type.TYPE_STRING,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                ""),
            field(
                "data_type",
                FieldDescriptorProto.Type.TYPE_ENUM,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                "DataType"),
            field(
                "dims",
                FieldDescriptorProto.Type.TYPE_INT64,
                FieldDescriptorProto.Label.LABEL_REPEATED,
                ""),
            field(
                "reshape",
                FieldDescriptorProto.Type.TYPE_MESSAGE,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                "Reshape"));
    DescriptorProto parameter =
        message(
            "Parameter",
            field(
                "string_value",
                FieldDescriptorProto.Type.TYPE_STRING,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                ""));
    DescriptorProto entry =
        message(
            "Entry",
            field(
                "key",
                FieldDescriptorProto.Type.TYPE_STRING,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                ""),
            field(
                "value",
                FieldDescriptorProto.Type.TYPE_MESSAGE,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                "Parameter"));
    DescriptorProto config =
        message(
            "ModelConfig",
            field(
                "name",
                FieldDescriptorProto.Type.TYPE_STRING,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                ""),
            field(
                "platform",
                FieldDescriptorProto.Type.TYPE_STRING,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                ""),
            field(
                "max_batch_size",
                FieldDescriptorProto.Type.TYPE_INT32,
                FieldDescriptorProto.Label.LABEL_OPTIONAL,
                ""),
            field(
                "input",
                FieldDescriptorProto.Type.TYPE_MESSAGE,
                FieldDescriptorProto.Label.LABEL_REPEATED,
                "Tensor"),
            field(
                "output",
                FieldDescriptorProto.Type.TYPE_MESSAGE,
                FieldDescriptorProto.Label.LABEL_REPEATED,
                "Tensor"),
            field(
                "parameters",
                FieldDescriptorProto.Type.TYPE_MESSAGE,
                FieldDescriptorProto.Label.LABEL_REPEATED,
                "Entry"));
    FileDescriptorProto.Builder proto = FileDescriptorProto.newBuilder().setName("triton.proto");
    proto.addEnumTypeBuilder().setName("DataType");
    List<String> types = List.of("TYPE_INVALID", "TYPE_BOOL", "TYPE_FP32", "TYPE_STRING");
    for (int i = 0; i < types.size(); i++) {
      proto.getEnumTypeBuilder(0).addValueBuilder().setName(types.get(i)).setNumber(i);
    }
    proto.addAllMessageType(List.of(reshape, tensor, parameter, entry, config));
    Descriptor type =
        FileDescriptor.buildFrom(proto.build(), new FileDescriptor[0])
            .findMessageTypeByName("ModelConfig");
    DynamicMessage.Builder parsed = DynamicMessage.newBuilder(type);
    TextFormat.merge(Files.readString(file), parsed);
    return parsed.build();
  }

  private static DescriptorProto message(String name, FieldDescriptorProto.Builder... fields) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    for (FieldDescriptorProto.Builder field : fields) {
      message.addField(field.setNumber(message.getFieldCount() + 1));
    }
    return message.build();
  }

  private static FieldDescriptorProto.Builder field(
      String name,
      FieldDescriptorProto.Type type,
      FieldDescriptorProto.Label label,
      String typeName) {
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder().setName(name).setType(type).setLabel(label);
    return typeName.isEmpty() ? field : field.setTypeName(typeName);
  }

  private static Object value(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    Object value = message.getField(field);
    return field.getType() == FieldDescriptor.Type.ENUM ? value.toString() : value;
  }

  private static List<Message> messages(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    if (!field.isRepeated()) {
      return message.hasField(field) ? List.of((Message) message.getField(field)) : List.of();
    }
    return ((List<?>) message.getField(field)).stream().map(Message.class::cast).toList();
  }
}
