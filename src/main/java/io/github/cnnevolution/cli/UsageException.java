package io.github.cnnevolution.cli;

/** What was typed cannot be done. The message is one line that names the value and the remedy. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
