package io.github.cnnevolution.data;

import java.time.Duration;

/**
 * How long a download waits and how often it tries again before it gives up.
 *
 * @param attempts connections at most, at least 1
 * @param firstPause the pause after the first failure; each later one is twice as long
 * @param connectTimeout the time to wait for a connection, above 0
 * @param readTimeout the time to wait for the response headers, and for each next byte, above 0
 */
public record RetryPolicy(
    int attempts, Duration firstPause, Duration connectTimeout, Duration readTimeout) {
  /** Five attempts, with pauses of 1, 2, 4 and 8 seconds between them. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(60));

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("at least 1 attempt is needed, but was " + attempts);
    }
    if (firstPause.isNegative()) {
      throw new IllegalArgumentException("pause " + firstPause + " is negative");
    }
    if (connectTimeout.toMillis() < 1 || readTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "timeouts must be at least 1 ms, but were %s to connect and %s to read"
              .formatted(connectTimeout, readTimeout));
    }
  }

  /** The pause after failure number {@code failure}, counted from 1. */
  Duration pauseAfter(int failure) {
    return firstPause.multipliedBy(1L << Math.min(failure - 1, 10));
  }
}
