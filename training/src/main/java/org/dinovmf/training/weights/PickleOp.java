package org.dinovmf.training.weights;

/**
 * The instructions of Python's pickles that checkpoints consist of, protocols 2 to 4; names and
 * codes are those of Python's pickletools.
 */
enum PickleOp {
  PROTO(0x80),
  FRAME(0x95),
  STOP('.'),
  MARK('('),
  POP('0'),
  POP_MARK('1'),
  NONE('N'),
  NEWTRUE(0x88),
  NEWFALSE(0x89),
  BININT('J'),
  BININT1('K'),
  BININT2('M'),
  LONG1(0x8a),
  BINFLOAT('G'),
  BINUNICODE('X'),
  SHORT_BINUNICODE(0x8c),
  BINUNICODE8(0x8d),
  BINSTRING('T'),
  SHORT_BINSTRING('U'),
  BINBYTES('B'),
  SHORT_BINBYTES('C'),
  BINBYTES8(0x8e),
  EMPTY_LIST(']'),
  EMPTY_TUPLE(')'),
  EMPTY_DICT('}'),
  TUPLE('t'),
  TUPLE1(0x85),
  TUPLE2(0x86),
  TUPLE3(0x87),
  APPEND('a'),
  APPENDS('e'),
  SETITEM('s'),
  SETITEMS('u'),
  BINGET('h'),
  LONG_BINGET('j'),
  BINPUT('q'),
  LONG_BINPUT('r'),
  MEMOIZE(0x94),
  GLOBAL('c'),
  STACK_GLOBAL(0x93),
  BINPERSID('Q'),
  REDUCE('R'),
  NEWOBJ(0x81),
  BUILD('b');

  private static final PickleOp[] BY_CODE = new PickleOp[256];

  static {
    for (PickleOp op : values()) {
      BY_CODE[op.code] = op;
    }
  }

  private final int code;

  PickleOp(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** The instruction of a byte. */
  static PickleOp of(int code) throws FormatException {
    PickleOp op = BY_CODE[code];
    if (op == null) {
      throw new FormatException(
          "the pickle has the instruction 0x%02x, which no checkpoint needs".formatted(code));
    }
    return op;
  }
}
