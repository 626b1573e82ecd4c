package org.dinovmf.training.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.training.weights.PickleValue.Flag;
import org.dinovmf.training.weights.PickleValue.Items;
import org.dinovmf.training.weights.PickleValue.Large;
import org.dinovmf.training.weights.PickleValue.Name;
import org.dinovmf.training.weights.PickleValue.None;
import org.dinovmf.training.weights.PickleValue.Real;
import org.dinovmf.training.weights.PickleValue.StorageKey;
import org.dinovmf.training.weights.PickleValue.Table;
import org.dinovmf.training.weights.PickleValue.Text;
import org.dinovmf.training.weights.PickleValue.Unneeded;
import org.dinovmf.training.weights.PickleValue.Whole;

/**
 * Reads a pickle as data. A pickle is a program for a stack machine that may name and call any
 * function; here the machine knows the instructions of {@link PickleOp} and the names of {@link
 * PickleName} alone, and calls nothing.
 *
 * <p>Every instruction takes at least a byte of the file and makes at most one small object, a
 * length is compared with what is left before room is made, and what calls copy of lists that can
 * be given again is limited, so that memory is bounded by the file.
 */
final class PickleReader {

  private static final int MAX_PROTOCOL = 5;
  private static final int MAX_NAME_BYTES = 200;

  /** What a persistent id of PyTorch consists of; older files have a sixth, a view. */
  private static final int STORAGE_FIELDS = 5;

  private final ByteCursor in;
  private final PickleObjects objects;
  private final PickleStack stack = new PickleStack();
  private final Map<Long, PickleValue> memo = new HashMap<>();
  private final Map<String, StorageKey> storages = new HashMap<>();

  private PickleReader(ByteCursor in) {
    this.in = in;
    this.objects = new PickleObjects(in.remaining());
  }

  /**
   * What a pickle says.
   *
   * @param storages all that it refers to, also below what is read over, by key
   */
  record Content(PickleValue value, Map<String, StorageKey> storages) {}

  /** The content of one pickle; the cursor stands behind it afterwards. */
  static Content read(ByteCursor in) throws IOException {
    PickleReader reader = new PickleReader(in);
    return new Content(reader.run(), reader.storages);
  }

  private PickleValue run() throws IOException {
    for (PickleOp op = next(); op != PickleOp.STOP; op = next()) {
      step(op);
    }
    return stack.pop();
  }

  private PickleOp next() throws IOException {
    return PickleOp.of(in.unsignedByte());
  }

  private void step(PickleOp op) throws IOException {
    switch (op) {
      case PROTO -> requireProtocol(in.unsignedByte());
      case FRAME -> in.signedLong();
      case STOP -> throw new IllegalStateException("the loop ends at STOP");
      case MARK -> stack.mark();
      case POP -> stack.pop();
      case POP_MARK -> stack.popToMark();
      case NONE -> stack.push(None.INSTANCE);
      case NEWTRUE -> stack.push(new Flag(true));
      case NEWFALSE -> stack.push(new Flag(false));
      case BININT -> stack.push(new Whole(in.signedInt()));
      case BININT1 -> stack.push(new Whole(in.unsignedByte()));
      case BININT2 -> stack.push(new Whole(in.unsignedShort()));
      case LONG1 -> stack.push(whole(in.bytes(in.unsignedByte())));
      case BINFLOAT -> stack.push(real());
      case BINUNICODE -> stack.push(text(in.unsignedInt(), UTF_8));
      case SHORT_BINUNICODE -> stack.push(text(in.unsignedByte(), UTF_8));
      case BINUNICODE8 -> stack.push(text(in.signedLong(), UTF_8));
      case BINSTRING -> stack.push(text(in.signedInt(), ISO_8859_1));
      case SHORT_BINSTRING -> stack.push(text(in.unsignedByte(), ISO_8859_1));
      case BINBYTES -> pushBytes(in.unsignedInt());
      case SHORT_BINBYTES -> pushBytes(in.unsignedByte());
      case BINBYTES8 -> pushBytes(in.signedLong());
      case EMPTY_LIST -> stack.push(new Items(new ArrayList<>(), false));
      case EMPTY_TUPLE -> stack.push(new Items(List.of(), true));
      case EMPTY_DICT -> stack.push(new Table(new LinkedHashMap<>()));
      case TUPLE -> stack.push(new Items(stack.popToMark(), true));
      case TUPLE1 -> stack.push(tuple(1));
      case TUPLE2 -> stack.push(tuple(2));
      case TUPLE3 -> stack.push(tuple(3));
      case APPEND -> append(List.of(stack.pop()));
      case APPENDS -> append(stack.popToMark());
      case SETITEM -> setItems(stack.pop(2));
      case SETITEMS -> setItems(stack.popToMark());
      case BINGET -> stack.push(remembered(in.unsignedByte()));
      case LONG_BINGET -> stack.push(remembered(in.unsignedInt()));
      case BINPUT -> memo.put((long) in.unsignedByte(), stack.top());
      case LONG_BINPUT -> memo.put(in.unsignedInt(), stack.top());
      case MEMOIZE -> memo.put((long) memo.size(), stack.top());
      case GLOBAL -> stack.push(name(line(), line()));
      case STACK_GLOBAL -> stackName();
      case BINPERSID -> stack.push(storage(stack.pop()));
      case REDUCE, NEWOBJ -> call();
      case BUILD -> build();
    }
  }

  private static void requireProtocol(int version) throws FormatException {
    if (version > MAX_PROTOCOL) {
      throw new FormatException(
          "the pickle has protocol %d, after %d".formatted(version, MAX_PROTOCOL));
    }
  }

  private static PickleValue whole(byte[] littleEndian) {
    byte[] bytes = new byte[littleEndian.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = littleEndian[bytes.length - 1 - i];
    }
    BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE
        ? new Whole(value.longValue())
        : new Large(value.toString(16));
  }

  /** Big-endian, unlike all other numbers. */
  private PickleValue real() throws IOException {
    return new Real(Double.longBitsToDouble(Long.reverseBytes(in.signedLong())));
  }

  private PickleValue text(long bytes, Charset charset) throws IOException {
    return new Text(in.text(bytes, charset));
  }

  private void pushBytes(long count) throws IOException {
    in.bytes(count);
    stack.push(Unneeded.INSTANCE);
  }

  private Items tuple(int size) throws FormatException {
    return new Items(stack.pop(size), true);
  }

  private void append(List<PickleValue> values) throws FormatException {
    PickleValue target = stack.top();
    if (target instanceof Items items && !items.isTuple()) {
      items.values().addAll(values);
    } else if (target != Unneeded.INSTANCE) {
      throw new FormatException("the pickle appends to what is no list");
    }
  }

  private void setItems(List<PickleValue> values) throws FormatException {
    PickleValue target = stack.top();
    if (target == Unneeded.INSTANCE) {
      return;
    }
    if (!(target instanceof Table table) || values.size() % 2 != 0) {
      throw new FormatException("the pickle sets items of what is no dictionary");
    }
    for (int i = 0; i < values.size(); i += 2) {
      put(table, values.get(i), values.get(i + 1));
    }
  }

  /** Keys are words and numbers, whose hash takes no walk through a structure. */
  private static void put(Table table, PickleValue key, PickleValue value) throws FormatException {
    if (!(key instanceof Text || key instanceof Whole)) {
      throw new FormatException("a key of a dictionary must be a word or a whole number");
    }
    table.values().put(key, value);
  }

  private PickleValue remembered(long index) throws FormatException {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw new FormatException(
          "the pickle refers to value %d before it is there".formatted(index));
    }
    return value;
  }

  private String line() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = in.unsignedByte(); next != '\n'; next = in.unsignedByte()) {
      if (bytes.size() == MAX_NAME_BYTES) {
        throw new FormatException("a name in the pickle is too long");
      }
      bytes.write(next);
    }
    return bytes.toString(UTF_8);
  }

  private void stackName() throws FormatException {
    List<PickleValue> parts = stack.pop(2);
    if (!(parts.get(0) instanceof Text module) || !(parts.get(1) instanceof Text local)) {
      throw new FormatException("a name in the pickle is not text");
    }
    stack.push(name(module.value(), local.value()));
  }

  private static PickleValue name(String module, String local) throws FormatException {
    return PickleName.find(module, local)
        .map(Name::new)
        .orElseThrow(
            () ->
                new FormatException(
                    "it asks for '%s', which is not among the names that a checkpoint needs; nothing in it was run, and the file should not be trusted"
                        .formatted(Texts.line(module + "." + local))));
  }

  private StorageKey storage(PickleValue id) throws FormatException {
    if (id instanceof Items items
        && items.isTuple()
        && items.values().size() >= STORAGE_FIELDS
        && items.values().get(0) instanceof Text kind
        && kind.value().equals("storage")
        && items.values().get(1) instanceof Name name
        && name.value().elementType().isPresent()
        && items.values().get(2) instanceof Text key
        && items.values().get(4) instanceof Whole elements
        && items.values().subList(STORAGE_FIELDS, items.values().size()).stream()
            .allMatch(view -> view == None.INSTANCE)) {
      StorageKey storage =
          new StorageKey(key.value(), name.value().elementType().get(), elements.value());
      StorageKey before = storages.putIfAbsent(key.value(), storage);
      if (before == null || before.equals(storage)) {
        return storage;
      }
    }
    throw new FormatException("the pickle refers to data in a way that PyTorch does not");
  }

  private void call() throws FormatException {
    PickleValue arguments = stack.pop();
    PickleValue function = stack.pop();
    if (!(function instanceof Name name) || !(arguments instanceof Items items)) {
      throw new FormatException("the pickle calls what is no name");
    }
    stack.push(objects.make(name.value(), items.values()));
  }

  /** Attributes of an object; tables have some in PyTorch, which no reader of weights needs. */
  private void build() throws FormatException {
    stack.pop();
    PickleValue target = stack.top();
    if (!(target instanceof Table) && target != Unneeded.INSTANCE) {
      throw new FormatException("the pickle gives attributes to what can have none");
    }
  }
}
