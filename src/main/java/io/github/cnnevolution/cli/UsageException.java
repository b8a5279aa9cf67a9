package io.github.cnnevolution.cli;

/** The command line is invalid. The message is one line that names the value and the remedy. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
