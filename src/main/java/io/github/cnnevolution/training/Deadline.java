package io.github.cnnevolution.training;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The time limit of a training, if it has one, and the clock by which it and the training are
 * measured. That of a search stands still while the process is stopped. Immutable.
 *
 * <p>It is checked between steps on the host. On a GPU the host is ahead of the device by what it
 * has launched since the end of the last epoch.
 */
public final class Deadline {
  /** No deadline, and the machine's clock. */
  public static final Deadline NONE = new Deadline(System::nanoTime, Optional.empty());

  private record Limit(Duration length, long endNanos) {}

  private final LongSupplier clock;
  private final Optional<Limit> limit;

  private Deadline(LongSupplier clock, Optional<Limit> limit) {
    this.clock = clock;
    this.limit = limit;
  }

  /** Returns a deadline so long from now; one that never comes without a limit. */
  public static Deadline in(Optional<Duration> limit, ActiveClock clock) {
    return new Deadline(
        clock::nanos, limit.map(length -> new Limit(length, clock.nanos() + length.toNanos())));
  }

  /** The time by its clock, in nanoseconds since an arbitrary moment. */
  long nanos() {
    return clock.getAsLong();
  }

  /**
   * Does nothing before the deadline.
   *
   * @throws TimeLimitException after the deadline
   */
  void check() {
    if (limit.isPresent() && nanos() > limit.get().endNanos) {
      throw new TimeLimitException(limit.get().length);
    }
  }
}
