package io.github.cnnevolution.evaluation;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets one worker have a device to itself for a moment, while the others wait between two steps of
 * their trainings. Working costs a look at the lock in each step.
 */
final class DeviceGate {
  /** Fair, so that workers cannot overtake the one that waits for quiet. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

  /** Work that may be interrupted. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it. */
    T run() throws InterruptedException;
  }

  /** Does work during which {@link #pass} is called between steps. */
  <T> T working(Work<T> work) throws InterruptedException {
    lock.readLock().lockInterruptibly();
    try {
      return work.run();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits while another worker needs quiet; for threads that work. */
  void pass() {
    // Only those who want quiet queue for long: for others the lock is free.
    if (lock.hasQueuedThreads() && lock.getReadHoldCount() > 0) {
      lock.readLock().unlock();
      lock.readLock().lock();
    }
  }

  /** Does something while no other thread works; for threads that do not work. */
  <T> T quietly(Work<T> work) throws InterruptedException {
    lock.writeLock().lockInterruptibly();
    try {
      return work.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
