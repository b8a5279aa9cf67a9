package io.github.cnnevolution.engine;

/** A model that cannot be used, said in one line with the remedy. */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ModelException(String message) {
    super(message);
  }
}
