package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.time.Duration;

/**
 * The timeouts and retries of a download.
 *
 * @param attempts the maximum number of attempts, at least 1
 * @param firstPause the pause after the first failure; each later pause is twice as long
 * @param connectTimeout the timeout for a connection, at least 1 ms
 * @param readTimeout the timeout for the response headers and for each piece of the body, at least
 *     1 ms
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
      throw new IllegalArgumentException("attempts must be at least 1, but was " + attempts);
    }
    if (firstPause.isNegative()) {
      throw new IllegalArgumentException(
          "the first pause must not be negative, but was " + firstPause);
    }
    if (connectTimeout.toMillis() < 1 || readTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "timeouts must be at least 1 ms, but were %s to connect and %s to read",
              connectTimeout, readTimeout));
    }
  }

  /** Returns the pause after failure number {@code failure}, counted from 1. */
  Duration pauseAfter(int failure) {
    return firstPause.multipliedBy(1L << Math.min(failure - 1, 10));
  }
}
