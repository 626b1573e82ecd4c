package org.dinovmf.ops;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Golden data of a test: the tensors of one safetensors file on the class path, every element type
 * widened to double, which holds each of them exactly.
 *
 * <p>The reader is strict: tensors must fill the data without a gap or an overlap, and a name may
 * stand only once.
 */
public final class Golden {

  private static final String METADATA = "__metadata__";
  private static final String REFERENCE_DIR = "reference.dir";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** A tensor in row-major order. */
  private static final class Entry {
    private final Shape shape;
    private final double[] values;

    Entry(Shape shape, double[] values) {
      this.shape = shape;
      this.values = values;
    }
  }

  /** Where a tensor lies in the data. */
  private record Span(String name, ElementType type, Shape shape, long begin, long end) {}

  private enum ElementType {
    F64(8) {
      @Override
      double read(ByteBuffer data) {
        return data.getDouble();
      }
    },
    F32(4) {
      @Override
      double read(ByteBuffer data) {
        return data.getFloat();
      }
    },
    I64(8) {
      @Override
      double read(ByteBuffer data) {
        long value = data.getLong();
        if (Math.abs(value) > 1L << 53) {
          throw new IllegalArgumentException(
              "an I64 value must fit a double without rounding, but is " + value);
        }
        return value;
      }
    },
    U8(1) {
      @Override
      double read(ByteBuffer data) {
        return Byte.toUnsignedInt(data.get());
      }
    };

    private final int bytes;

    ElementType(int bytes) {
      this.bytes = bytes;
    }

    abstract double read(ByteBuffer data);
  }

  private final String source;
  private final Map<String, JsonNode> metadata;
  private final Map<String, Entry> entries;

  private Golden(String source, Map<String, JsonNode> metadata, Map<String, Entry> entries) {
    this.source = source;
    this.metadata = metadata;
    this.entries = entries;
  }

  /**
   * Reads a file from the class path.
   *
   * @param owner a class of the module that holds the file
   * @param resource path such as {@code /golden/network.safetensors}
   */
  public static Golden of(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no resource '%s' beside %s".formatted(resource, owner.getName()));
      }
      return parse(resource, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a file of the reference: that of the module, or the one of the same name in the folder
   * that the system property {@code reference.dir} names, if it is set.
   *
   * @param owner a class of the module that holds the file
   * @param name such as {@code network}
   */
  public static Golden reference(Class<?> owner, String name) {
    String file = name + ".safetensors";
    String folder = System.getProperty(REFERENCE_DIR, "");
    if (folder.isEmpty()) {
      return of(owner, "/golden/" + file);
    }
    Path path = Path.of(folder, file);
    try {
      return parse(path.toString(), Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "'%s' must hold the reference data, but has no %s; make it with make_fixtures.py, and give the folder as an absolute path"
              .formatted(folder, file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same for a file that another program makes than the rest: the module's if there is none.
   */
  public static Golden referenceOrOwn(Class<?> owner, String name) {
    boolean isThere = referenceFile(name + ".safetensors").isPresent();
    return isThere ? reference(owner, name) : of(owner, "/golden/" + name + ".safetensors");
  }

  /** A file in the folder that {@code reference.dir} names, if it is there. */
  static Optional<Path> referenceFile(String file) {
    String folder = System.getProperty(REFERENCE_DIR, "");
    return folder.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(folder, file)).filter(Files::exists);
  }

  /** Reads the bytes of a safetensors file; {@code source} names it in messages. */
  static Golden parse(String source, byte[] file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long headerBytes = file.length < 8 ? -1 : buffer.getLong();
    if (headerBytes < 2 || headerBytes > buffer.remaining()) {
      throw new IllegalArgumentException(
          "'%s' must begin with the length of its header, but has %d bytes and says %d"
              .formatted(source, file.length, headerBytes));
    }
    JsonNode header = JSON.readTree(file, 8, (int) headerBytes);
    ByteBuffer data = buffer.slice(8 + (int) headerBytes, file.length - 8 - (int) headerBytes);
    data.order(ByteOrder.LITTLE_ENDIAN);

    Map<String, JsonNode> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : header.path(METADATA).properties()) {
      metadata.put(field.getKey(), JSON.readTree(field.getValue().textValue()));
    }
    List<Span> spans =
        header.properties().stream()
            .filter(field -> !field.getKey().equals(METADATA))
            .map(field -> span(field.getKey(), field.getValue()))
            .sorted(Comparator.comparingLong(Span::begin).thenComparingLong(Span::end))
            .toList();
    Map<String, Entry> entries = new LinkedHashMap<>();
    long position = 0;
    for (Span span : spans) {
      if (span.begin() != position
          || span.end() - span.begin() != span.shape().size() * span.type().bytes
          || span.end() > data.capacity()) {
        throw new IllegalArgumentException(
            "'%s' must hold tensors without gap or overlap, but at byte %d of %d comes %s"
                .formatted(source, position, data.capacity(), span));
      }
      double[] values = new double[(int) span.shape().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = span.type().read(data);
      }
      entries.put(span.name(), new Entry(span.shape(), values));
      position = span.end();
    }
    if (position != data.capacity()) {
      throw new IllegalArgumentException(
          "'%s' must end with its last tensor at byte %d, but has %d"
              .formatted(source, position, data.capacity()));
    }
    return new Golden(source, metadata, entries);
  }

  private static Span span(String name, JsonNode node) {
    long[] sizes = longs(node.required("shape"));
    long[] offsets = longs(node.required("data_offsets"));
    ElementType type = ElementType.valueOf(node.required("dtype").textValue());
    return new Span(name, type, Shape.of(sizes), offsets[0], offsets[1]);
  }

  private static long[] longs(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .flatMapToLong(node -> LongStream.of(node.longValue()))
        .toArray();
  }

  /** Names of all tensors, in the order of the data. */
  public Set<String> names() {
    return entries.keySet();
  }

  public Shape shape(String name) {
    return entry(name).shape;
  }

  /** Values in row-major order. */
  public double[] values(String name) {
    return entry(name).values.clone();
  }

  /** The only value of a tensor of one element. */
  public double scalar(String name) {
    Entry entry = entry(name);
    if (entry.values.length != 1) {
      throw new IllegalArgumentException(
          "'%s' of '%s' must have one element, but is %s".formatted(name, source, entry.shape));
    }
    return entry.values[0];
  }

  /** The tensor as a constant of the graph, rounded once to {@code type}. */
  public <T extends TNumber> Operand<T> constant(Ops tf, String name, Class<T> type) {
    Entry entry = entry(name);
    return tf.dtypes.cast(tf.reshape(tf.constant(entry.values), tf.constant(entry.shape)), type);
  }

  /** The parsed JSON value of an entry of the file's metadata. */
  public JsonNode metadata(String key) {
    JsonNode value = metadata.get(key);
    if (value == null) {
      throw new NoSuchElementException(
          "'%s' has no metadata '%s', only %s".formatted(source, key, metadata.keySet()));
    }
    return value;
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new NoSuchElementException(
          "'%s' has no tensor '%s', only %s".formatted(source, name, entries.keySet()));
    }
    return entry;
  }
}
