package io.github.cnnevolution.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the thread that runs the command, and delays the
 * end of the process until that thread has saved its results. The process then exits with the code
 * of the signal, 130 or 143.
 */
final class StopSignal implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private volatile boolean received;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(Thread worker) {
    this.hook = new Thread(() -> stop(worker), "stop-signal");
  }

  /** Until it is closed, signals interrupt the calling thread. */
  static StopSignal interruptingCurrentThread() {
    StopSignal signal = new StopSignal(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void stop(Thread worker) {
    received = true;
    worker.interrupt();
    try {
      if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a signal has arrived. */
  boolean isReceived() {
    return received;
  }

  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending because of the signal.
      return;
    }
  }
}
