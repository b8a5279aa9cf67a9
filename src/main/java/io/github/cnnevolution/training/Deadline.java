package io.github.cnnevolution.training;

import java.time.Duration;
import java.util.Optional;

/**
 * The time limit of a training, by the monotonic clock. Immutable.
 *
 * <p>It is looked at between steps on the host: on a GPU, whose work lies in a queue, the host is
 * ahead by what has been launched since the end of the epoch before.
 */
public final class Deadline {
  /** Never. */
  public static final Deadline NONE = new Deadline(Optional.empty());

  private final Optional<Duration> limit;
  private final long start = System.nanoTime();

  private Deadline(Optional<Duration> limit) {
    this.limit = limit;
  }

  /** So long from now on, or never. */
  public static Deadline in(Optional<Duration> limit) {
    return limit.isEmpty() ? NONE : new Deadline(limit);
  }

  /**
   * Does nothing before it.
   *
   * @throws TimeLimitException after it
   */
  void check() {
    if (limit.isPresent() && System.nanoTime() - start > limit.get().toNanos()) {
      throw new TimeLimitException(limit.get());
    }
  }
}
