package io.github.cnnevolution.training;

import java.time.Duration;
import java.util.Optional;

/**
 * The time limit of a training, by the monotonic clock. Immutable.
 *
 * <p>It is checked between steps on the host. On a GPU the host is ahead of the device by what it
 * has launched since the end of the last epoch.
 */
public final class Deadline {
  /** No deadline. */
  public static final Deadline NONE = new Deadline(Optional.empty());

  private final Optional<Duration> limit;
  private final long start = System.nanoTime();

  private Deadline(Optional<Duration> limit) {
    this.limit = limit;
  }

  /** Returns a deadline so long from now, or {@link #NONE} without a limit. */
  public static Deadline in(Optional<Duration> limit) {
    return limit.isEmpty() ? NONE : new Deadline(limit);
  }

  /**
   * Does nothing before the deadline.
   *
   * @throws TimeLimitException after the deadline
   */
  void check() {
    if (limit.isPresent() && System.nanoTime() - start > limit.get().toNanos()) {
      throw new TimeLimitException(limit.get());
    }
  }
}
