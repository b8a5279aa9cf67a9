package io.github.cnnevolution.report;

/**
 * Lets a page that is written again and again take one part in a hundred of the time, so that it
 * does not slow down what it shows. Not thread-safe.
 */
public final class WriteThrottle {
  private static final long PAUSE_FACTOR = 100;

  private long nanos;
  private long written;

  /** Whether the page may be written again. */
  public boolean isLeft() {
    return written == 0 || System.nanoTime() - written >= PAUSE_FACTOR * nanos;
  }

  /** Writes the page, and takes note of how long that takes. */
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
