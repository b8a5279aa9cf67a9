package io.github.cnnevolution.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;

/** Interrupts the thread that runs a search once its time is up. */
final class TimeLimit implements AutoCloseable {
  private final Timer timer = new Timer("time-limit", true);
  private boolean up;
  private boolean closed;

  private TimeLimit(Thread worker, Optional<Duration> limit) {
    limit.ifPresent(time -> timer.schedule(task(worker), time.toMillis()));
  }

  /** After so long, unless closed before, the calling thread is interrupted. */
  static TimeLimit interruptingCurrentThread(Optional<Duration> limit) {
    return new TimeLimit(Thread.currentThread(), limit);
  }

  private TimerTask task(Thread worker) {
    return new TimerTask() {
      @Override
      public void run() {
        expire(worker);
      }
    };
  }

  private synchronized void expire(Thread worker) {
    if (!closed) {
      up = true;
      worker.interrupt();
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
    timer.cancel();
  }
}
