package org.dinovmf.training.weights;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.weights.PickleValue.Flag;
import org.dinovmf.training.weights.PickleValue.Items;
import org.dinovmf.training.weights.PickleValue.Large;
import org.dinovmf.training.weights.PickleValue.StorageKey;
import org.dinovmf.training.weights.PickleValue.Table;
import org.dinovmf.training.weights.PickleValue.Text;
import org.dinovmf.training.weights.PickleValue.View;
import org.dinovmf.training.weights.PickleValue.Whole;
import org.dinovmf.training.weights.StoredTensor.Storage;

/**
 * Reads what {@code torch.save} writes: a zip file with a pickle and one entry for each storage, or
 * before PyTorch 1.6 pickles with the storages behind them.
 */
final class TorchFile {

  private static final String PICKLE = "data.pkl";
  private static final String LEGACY_MAGIC = "1950a86a20f9469cfc6c";
  private static final long LEGACY_VERSION = 1001;

  private final ByteSource source;
  private final Map<String, Storage> storages = new HashMap<>();

  private TorchFile(ByteSource source) {
    this.source = source;
  }

  /** Whether a file begins as a pickle does, and not as safetensors, whose header follows. */
  static boolean isPickle(ByteSource source) throws IOException {
    if (source.size() <= SafetensorsReader.LENGTH_BYTES) {
      return false;
    }
    byte[] begin =
        new ByteCursor(source, 0, source.size()).bytes(SafetensorsReader.LENGTH_BYTES + 1);
    return Byte.toUnsignedInt(begin[0]) == PickleOp.PROTO.code()
        && begin[SafetensorsReader.LENGTH_BYTES] != '{';
  }

  /** The tensors of a file in the present layout. */
  static TensorTable readZip(ByteSource source) throws IOException {
    TorchFile file = new TorchFile(source);
    return file.table(file.zipRoot());
  }

  /** The tensors of a file in the layout before PyTorch 1.6. */
  static TensorTable readLegacy(ByteSource source) throws IOException {
    TorchFile file = new TorchFile(source);
    return file.table(file.legacyRoot());
  }

  private PickleValue zipRoot() throws IOException {
    Map<String, ZipDirectory.Entry> entries = ZipDirectory.of(source);
    List<String> pickles =
        entries.keySet().stream()
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .toList();
    if (pickles.size() != 1) {
      throw new FormatException(
          "a checkpoint's zip file must hold one data.pkl, but this holds " + pickles.size());
    }
    String pickle = pickles.get(0);
    String folder = pickle.substring(0, pickle.length() - PICKLE.length());
    ByteOrder order = order(entries, folder + "byteorder");
    String data = folder + "data/";
    entries.forEach(
        (name, entry) -> {
          if (name.startsWith(data)) {
            storages.put(
                name.substring(data.length()),
                new Storage(source, entry.position(), entry.size(), order));
          }
        });
    ZipDirectory.Entry entry = entries.get(pickle);
    return PickleReader.read(new ByteCursor(source, entry.position(), entry.size())).value();
  }

  /** Files of before PyTorch 2 do not say and are little-endian. */
  private ByteOrder order(Map<String, ZipDirectory.Entry> entries, String name) throws IOException {
    ZipDirectory.Entry entry = entries.get(name);
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    ByteCursor cursor = new ByteCursor(source, entry.position(), entry.size());
    String word = cursor.text(Math.min(entry.size(), "little".length()), US_ASCII).strip();
    return switch (word) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new FormatException(
              "byteorder must be little or big, but is '%s'".formatted(Texts.line(word)));
    };
  }

  private PickleValue legacyRoot() throws IOException {
    ByteCursor cursor = new ByteCursor(source, 0, source.size());
    if (!(PickleReader.read(cursor).value() instanceof Large magic)
        || !magic.hex().equals(LEGACY_MAGIC)) {
      throw new FormatException(
          "it is a pickle, but not one that torch.save wrote; load it in Python, and save its tensors with torch.save or as safetensors");
    }
    PickleValue version = PickleReader.read(cursor).value();
    if (!version.equals(new Whole(LEGACY_VERSION))) {
      throw new FormatException(
          "its layout must have version %d, but has %s"
              .formatted(LEGACY_VERSION, version instanceof Whole other ? other.value() : "none"));
    }
    ByteOrder order = order(PickleReader.read(cursor).value());
    PickleReader.Content content = PickleReader.read(cursor);
    if (!(PickleReader.read(cursor).value() instanceof Items keys)) {
      throw new FormatException("the list of its storages is missing");
    }
    for (PickleValue value : keys.values()) {
      StorageKey key = value instanceof Text text ? content.storages().get(text.value()) : null;
      if (key == null) {
        throw new FormatException("a storage of the list is not in the pickle");
      }
      readLegacyStorage(cursor, key, order);
    }
    return content.value();
  }

  private static ByteOrder order(PickleValue system) throws FormatException {
    if (system instanceof Table table
        && table.values().get(new Text("little_endian")) instanceof Flag little) {
      return little.value() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }
    throw new FormatException("it does not say which byte order it has");
  }

  private void readLegacyStorage(ByteCursor cursor, StorageKey key, ByteOrder order)
      throws IOException {
    long elements =
        order == ByteOrder.LITTLE_ENDIAN
            ? cursor.signedLong()
            : Long.reverseBytes(cursor.signedLong());
    long left = source.size() - cursor.position();
    if (elements < 0 || elements > left / key.type().bytes() || elements != key.elements()) {
      throw new FormatException(
          "a storage says %d elements where the pickle says %d, and %d bytes are left"
              .formatted(elements, key.elements(), left));
    }
    long bytes = elements * key.type().bytes();
    if (storages.put(key.key(), new Storage(source, cursor.position(), bytes, order)) != null) {
      throw new FormatException("a storage stands twice in the list");
    }
    cursor.skip(bytes);
  }

  private TensorTable table(PickleValue root) throws FormatException {
    if (!(root instanceof Table table)) {
      throw new FormatException("a checkpoint must be a dictionary");
    }
    Map<String, Map<String, StoredTensor>> groups = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    for (Map.Entry<PickleValue, PickleValue> entry : table.values().entrySet()) {
      String name = entry.getKey() instanceof Text text ? text.value() : "?";
      if (entry.getValue() instanceof View view) {
        groups.computeIfAbsent("", key -> new LinkedHashMap<>()).put(name, tensor(name, view));
        continue;
      }
      Map<String, StoredTensor> tensors =
          entry.getValue() instanceof Table inner ? tensors(inner) : Map.of();
      if (tensors.isEmpty()) {
        others.add(Texts.line(name));
      } else {
        groups.put(name, tensors);
      }
    }
    return new TensorTable(groups, others, Map.of());
  }

  private Map<String, StoredTensor> tensors(Table table) throws FormatException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<PickleValue, PickleValue> entry : table.values().entrySet()) {
      if (entry.getKey() instanceof Text name && entry.getValue() instanceof View view) {
        tensors.put(name.value(), tensor(name.value(), view));
      }
    }
    return tensors;
  }

  private StoredTensor tensor(String name, View view) throws FormatException {
    StorageKey key = view.storage();
    Storage storage = storages.get(key.key());
    if (storage == null) {
      throw new FormatException("the data of tensor '%s' is missing".formatted(Texts.line(name)));
    }
    long elements = storage.bytes() / key.type().bytes();
    if (elements != key.elements() || storage.bytes() % key.type().bytes() != 0) {
      throw new FormatException(
          "the storage of tensor '%s' must have %d elements of type %s, but has %d bytes"
              .formatted(Texts.line(name), key.elements(), key.type(), storage.bytes()));
    }
    try {
      return StoredTensor.of(key.type(), view.shape(), storage, view.offset(), view.strides());
    } catch (FormatException e) {
      throw new FormatException("tensor '%s': %s".formatted(Texts.line(name), e.getMessage()), e);
    }
  }
}
