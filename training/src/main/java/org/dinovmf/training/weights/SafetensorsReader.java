package org.dinovmf.training.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.weights.StoredTensor.Storage;

/**
 * Reads safetensors as strictly as its own library does: a header of at most 100 MB that begins
 * with a brace, no name twice, and tensors that cover the data without a gap or an overlap.
 */
final class SafetensorsReader {

  static final int LENGTH_BYTES = 8;
  static final String METADATA = "__metadata__";

  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ByteSource source;

  private SafetensorsReader(ByteSource source) {
    this.source = source;
  }

  /** Where a tensor lies in the data. */
  private record Span(String name, ElementType type, List<Long> shape, long begin, long end) {}

  /** The tensors of a file, none of them read yet. */
  static TensorTable read(ByteSource source) throws IOException {
    return new SafetensorsReader(source).table();
  }

  private TensorTable table() throws IOException {
    if (source.size() < LENGTH_BYTES) {
      throw new FormatException(
          "a safetensors file begins with 8 bytes, the length of its header, but this has only "
              + source.size());
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    source.read(0, length);
    long headerBytes = length.flip().getLong();
    long dataBytes = source.size() - LENGTH_BYTES - headerBytes;
    if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || dataBytes < 0) {
      throw new FormatException(
          "the header of a safetensors file must have 2 to 100,000,000 bytes and lie in the file of %d bytes, but says %s: not a safetensors file?"
              .formatted(source.size(), Long.toUnsignedString(headerBytes)));
    }
    // Decoded here: the parser would guess at another encoding.
    String text =
        new ByteCursor(source, LENGTH_BYTES, headerBytes).text(headerBytes, StandardCharsets.UTF_8);
    if (!text.startsWith("{")) {
      throw new FormatException("the header of a safetensors file must begin with '{'");
    }
    JsonNode header = parse(text);
    return tables(header, LENGTH_BYTES + headerBytes, dataBytes);
  }

  private static JsonNode parse(String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new FormatException(
          "the header of the safetensors file is damaged: " + e.getOriginalMessage(), e);
    }
  }

  private TensorTable tables(JsonNode header, long dataPosition, long dataBytes)
      throws FormatException {
    List<Span> spans = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (!field.getKey().equals(METADATA)) {
        spans.add(span(field.getKey(), field.getValue()));
      }
    }
    requireCovered(spans, dataBytes);
    Map<String, Map<String, StoredTensor>> groups = new LinkedHashMap<>();
    for (Span span : spans) {
      Storage storage =
          new Storage(
              source,
              dataPosition + span.begin(),
              span.end() - span.begin(),
              ByteOrder.LITTLE_ENDIAN);
      StoredTensor tensor = StoredTensor.contiguous(span.type(), span.shape(), storage);
      if (tensor.shape().size() * span.type().bytes() != storage.bytes()) {
        throw new FormatException(
            "tensor '%s' of shape %s and type %s must have %d bytes, but has %d"
                .formatted(
                    Texts.line(span.name()),
                    tensor.shape(),
                    span.type(),
                    tensor.shape().size() * span.type().bytes(),
                    storage.bytes()));
      }
      groups.computeIfAbsent("", key -> new LinkedHashMap<>()).put(span.name(), tensor);
    }
    return new TensorTable(groups, List.of(), metadata(header.path(METADATA)));
  }

  private static Span span(String name, JsonNode entry) throws FormatException {
    JsonNode offsets = entry.path("data_offsets");
    JsonNode shape = entry.path("shape");
    if (entry.size() != 3
        || !entry.path("dtype").isTextual()
        || !shape.isArray()
        || offsets.size() != 2) {
      throw new FormatException(
          "tensor '%s' must have dtype, shape and two data_offsets, but has: %s"
              .formatted(Texts.line(name), Texts.line(entry.toString())));
    }
    List<Long> sizes = new ArrayList<>();
    for (JsonNode size : shape) {
      sizes.add(whole(name, size));
    }
    long begin = whole(name, offsets.get(0));
    long end = whole(name, offsets.get(1));
    if (end < begin) {
      throw new FormatException(
          "tensor '%s' ends at %d, before it begins at %d".formatted(Texts.line(name), end, begin));
    }
    return new Span(name, type(name, entry.path("dtype").textValue()), sizes, begin, end);
  }

  private static ElementType type(String name, String label) throws FormatException {
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(label)) {
        return type;
      }
    }
    throw new FormatException(
        "tensor '%s' has elements of type %s; read are %s"
            .formatted(Texts.line(name), Texts.line(label), List.of(ElementType.values())));
  }

  private static long whole(String name, JsonNode value) throws FormatException {
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new FormatException(
          "sizes and offsets of tensor '%s' must be whole numbers, but one is %s"
              .formatted(Texts.line(name), Texts.line(value.toString())));
    }
    return value.longValue();
  }

  private static void requireCovered(List<Span> spans, long dataBytes) throws FormatException {
    long covered = 0;
    List<Span> sorted = new ArrayList<>(spans);
    sorted.sort(Comparator.comparingLong(Span::begin).thenComparingLong(Span::end));
    for (Span span : sorted) {
      if (span.begin() != covered) {
        throw new FormatException(
            "tensor '%s' must begin where the one before ends, at %d, but begins at %d"
                .formatted(Texts.line(span.name()), covered, span.begin()));
      }
      covered = span.end();
    }
    if (covered != dataBytes) {
      throw new FormatException(
          "the tensors must cover the data of %d bytes, but end at %d"
              .formatted(dataBytes, covered));
    }
  }

  private static Map<String, String> metadata(JsonNode node) throws FormatException {
    if (!node.isMissingNode() && !node.isObject()) {
      throw new FormatException(
          "%s must be a table of texts, but is %s"
              .formatted(METADATA, Texts.line(node.toString())));
    }
    Map<String, String> words = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw new FormatException(
            "%s '%s' must be text".formatted(METADATA, Texts.line(field.getKey())));
      }
      words.put(field.getKey(), field.getValue().textValue());
    }
    return words;
  }
}
