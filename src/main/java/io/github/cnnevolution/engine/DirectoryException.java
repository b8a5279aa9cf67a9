package io.github.cnnevolution.engine;

/** A directory of a run that cannot be used, said in one line. Nothing has been changed. */
public final class DirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DirectoryException(String message) {
    super(message);
  }
}
