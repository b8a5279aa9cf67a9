package io.github.cnnevolution.engine;

/** An executor does not fit a search: it has other versions, data or devices. */
public final class ClusterRefusalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one line what does not fit, and where. */
  public ClusterRefusalException(String message) {
    super(message);
  }
}
