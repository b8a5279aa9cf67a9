package io.github.cnnevolution.engine;

import io.github.cnnevolution.training.ActiveClock;
import java.time.Duration;
import java.util.Optional;

/**
 * Interrupts the thread that runs a search once its time is up. Time in which the process is
 * stopped does not count.
 */
final class TimeLimit implements AutoCloseable {
  private static final long LONGEST_WAIT_MILLIS = 1_000;

  private boolean up;
  private boolean closed;

  private TimeLimit(Thread worker, Optional<Duration> limit, ActiveClock clock) {
    if (limit.isPresent()) {
      long end = clock.nanos() + limit.get().toNanos();
      Thread waiting = new Thread(() -> await(worker, clock, end), "time-limit");
      waiting.setDaemon(true);
      waiting.start();
    }
  }

  /** After so long, unless closed before, the calling thread is interrupted. */
  static TimeLimit interruptingCurrentThread(Optional<Duration> limit, ActiveClock clock) {
    return new TimeLimit(Thread.currentThread(), limit, clock);
  }

  /** Waits in short parts, because only the clock knows about pauses. */
  private synchronized void await(Thread worker, ActiveClock clock, long end) {
    try {
      while (!closed) {
        long left = (end - clock.nanos() + 999_999) / 1_000_000;
        if (left <= 0) {
          up = true;
          worker.interrupt();
          return;
        }
        wait(Math.min(left, LONGEST_WAIT_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the time was up before this was closed. */
  synchronized boolean isUp() {
    return up;
  }

  /** From now on the thread is left alone. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
