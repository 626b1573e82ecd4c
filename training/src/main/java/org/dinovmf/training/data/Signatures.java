package org.dinovmf.training.data;

/** Compares bytes of a file with a known signature. */
final class Signatures {

  private Signatures() {}

  /** Whether {@code bytes} holds {@code signature} (values 0..255) at {@code offset}. */
  static boolean matches(byte[] bytes, int offset, int... signature) {
    if (offset + signature.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < signature.length; i++) {
      if ((bytes[offset + i] & 0xFF) != signature[i]) {
        return false;
      }
    }
    return true;
  }
}
