package io.github.cnnevolution.run;

import java.util.Locale;

/** The state of a run. */
public enum RunState {
  /** A process works on it. */
  RUNNING,
  /** It ended before its last generation, and can be resumed. */
  STOPPED,
  /** Its process ended without closing the run; it can be resumed. */
  DIED,
  /** It is over. */
  FINISHED;

  /** The state in one lower-case word, as tables and JSON show it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
