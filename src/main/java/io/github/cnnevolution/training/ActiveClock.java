package io.github.cnnevolution.training;

import java.util.function.LongSupplier;

/**
 * A monotonic clock that stands still while the process is stopped, as by SIGSTOP or {@code docker
 * pause}. Time limits are measured with it: a pause of the process is not the work's doing.
 *
 * <p>A thread reads it every {@value #TICK_MILLIS} ms. If nobody has read it for longer than a
 * second, no thread could run: the time beyond one tick does not count. A slow training step does
 * not stop the ticking, so it counts in full. Close it to end the thread.
 */
public final class ActiveClock implements AutoCloseable {
  private static final long TICK_MILLIS = 200;
  private static final long TICK_NANOS = TICK_MILLIS * 1_000_000;
  private static final long LONGEST_GAP_NANOS = 1_000_000_000;

  private final LongSupplier nanoTime;
  private final Thread ticker = new Thread(this::tick, "active-clock");
  private long last;
  private long active;

  private ActiveClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.last = nanoTime.getAsLong();
  }

  /** Starts a clock at 0. */
  public static ActiveClock start() {
    ActiveClock clock = new ActiveClock(System::nanoTime);
    clock.ticker.setDaemon(true);
    clock.ticker.start();
    return clock;
  }

  /** Returns a clock that ticks only when it is read. */
  static ActiveClock of(LongSupplier nanoTime) {
    return new ActiveClock(nanoTime);
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        nanos();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the nanoseconds since the start in which the process was not stopped. */
  public synchronized long nanos() {
    long now = nanoTime.getAsLong();
    long gap = now - last;
    last = now;
    active += gap > LONGEST_GAP_NANOS ? TICK_NANOS : gap;
    return active;
  }

  @Override
  public void close() {
    ticker.interrupt();
  }
}
