package io.github.cnnevolution.report;

/**
 * Limits repeated writes of a page to 1 % of the time, so that they do not slow the search down.
 * Not thread-safe.
 */
public final class WriteThrottle {
  private static final long PAUSE_FACTOR = 100;

  private long nanos;
  private long written;

  /** Whether the page may be written now. */
  public boolean isLeft() {
    return written == 0 || System.nanoTime() - written >= PAUSE_FACTOR * nanos;
  }

  /** Writes the page and measures how long that takes. */
  public void spend(Runnable writing) {
    long start = System.nanoTime();
    try {
      writing.run();
    } finally {
      written = System.nanoTime();
      nanos = written - start;
    }
  }
}
