package io.github.cnnevolution.engine;

import java.io.Serializable;

/** The content of a file on its way between processes. Immutable. */
final class SentFile implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing. */
  static final SentFile NONE = new SentFile(new byte[0]);

  private final byte[] bytes;

  /** Takes the bytes over: nobody else may change them. */
  SentFile(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The bytes themselves, for reading alone. */
  byte[] bytes() {
    return bytes;
  }
}
