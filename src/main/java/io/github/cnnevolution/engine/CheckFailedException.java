package io.github.cnnevolution.engine;

/** A device does not compute what it should; the message says what it did. */
final class CheckFailedException extends Exception {
  private static final long serialVersionUID = 1;

  CheckFailedException(String message) {
    super(message);
  }
}
