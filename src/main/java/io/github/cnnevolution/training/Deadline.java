package io.github.cnnevolution.training;

import java.time.Duration;
import java.util.Optional;

/**
 * The time limit of a training, by a clock that stands still while the process is stopped.
 * Immutable.
 *
 * <p>It is checked between steps on the host. On a GPU the host is ahead of the device by what it
 * has launched since the end of the last epoch.
 */
public final class Deadline {
  /** No deadline. */
  public static final Deadline NONE = new Deadline(Optional.empty());

  private record Limit(ActiveClock clock, Duration length, long endNanos) {}

  private final Optional<Limit> limit;

  private Deadline(Optional<Limit> limit) {
    this.limit = limit;
  }

  /** Returns a deadline so long from now, or {@link #NONE} without a limit. */
  public static Deadline in(Optional<Duration> limit, ActiveClock clock) {
    return limit
        .map(length -> new Limit(clock, length, clock.nanos() + length.toNanos()))
        .map(some -> new Deadline(Optional.of(some)))
        .orElse(NONE);
  }

  /**
   * Does nothing before the deadline.
   *
   * @throws TimeLimitException after the deadline
   */
  void check() {
    if (limit.isPresent() && limit.get().clock.nanos() > limit.get().endNanos) {
      throw new TimeLimitException(limit.get().length);
    }
  }
}
