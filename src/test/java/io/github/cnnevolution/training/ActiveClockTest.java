package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Time limits while the process is stopped and while it works. */
class ActiveClockTest {
  private final AtomicLong nanoTime = new AtomicLong(-5);
  private final ActiveClock clock = ActiveClock.of(nanoTime::get);

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  /** As the clock's thread reads it while the process works. */
  private void work(Duration time) {
    for (long millis = 0; millis < time.toMillis(); millis += 500) {
      pass(Duration.ofMillis(500));
      clock.nanos();
    }
  }

  @Test
  void countsWorkInFullAndAPauseNot() {
    work(Duration.ofSeconds(7));
    pass(Duration.ofMinutes(41));
    work(Duration.ofSeconds(3));
    // The pause ends with the first half second after it, and both count as one tick.
    assertEquals(Duration.ofMillis(7_000 + 200 + 2_500), Duration.ofNanos(clock.nanos()));
  }

  @Test
  void aPauseDoesNotEndATraining() {
    Deadline deadline = Deadline.in(Optional.of(Duration.ofSeconds(40)), clock);
    work(Duration.ofSeconds(7));
    pass(Duration.ofSeconds(41));
    assertDoesNotThrow(deadline::check);
    work(Duration.ofSeconds(32));
    assertDoesNotThrow(deadline::check);
    work(Duration.ofSeconds(1));
    assertThrows(TimeLimitException.class, deadline::check);
  }

  @Test
  void withoutALimitThereIsNoDeadline() {
    Deadline deadline = Deadline.in(Optional.empty(), clock);
    work(Duration.ofDays(1).dividedBy(100));
    assertDoesNotThrow(deadline::check);
  }
}
