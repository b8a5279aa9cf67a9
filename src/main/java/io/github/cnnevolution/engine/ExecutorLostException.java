package io.github.cnnevolution.engine;

/** A call has no result, because the process that made it has ended. */
public final class ExecutorLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean crashed;

  /**
   * An executor that was lost.
   *
   * @param reason in one line
   * @param crashed whether native code has ended the process, which is evidence against what it
   *     did; a process that was killed, or whose machine was lost, is none
   */
  public ExecutorLostException(String reason, boolean crashed) {
    super(reason);
    this.crashed = crashed;
  }

  /** Whether native code has ended the process. */
  public boolean hasCrashed() {
    return crashed;
  }
}
