package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Jobs by their state: pending, running, completed. Workers block in {@link #take} until there is a
 * job that fits their device and memory for it. Jobs are known by id, so that jobs for equal
 * chromosomes do not disturb each other. Safe to use from many threads.
 *
 * <p>The next job of a device is the first in the {@link JobOrder} that fits the device. No other
 * job of the device overtakes one that waits for memory: it would otherwise wait until the end of a
 * generation. A job is taken only together with its memory, so that another device can take it
 * until then.
 *
 * @param <J> the jobs
 * @param <R> their results
 */
final class JobQueue<J extends TrainingJob, R> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final DevicesInService<J> devices;
  private final NavigableSet<Attempt<J>> pending;
  private final Map<Long, Running<J>> running = new HashMap<>();
  private final Map<Long, CompletableFuture<R>> results = new HashMap<>();
  private long completed;

  /** A queue for workers of these devices. */
  JobQueue(List<DeviceWorkers<J, R>> devices, JobOrder order) {
    this.devices = new DevicesInService<>(devices);
    this.pending = new TreeSet<>(order.comparator());
  }

  /**
   * How many jobs are in each state.
   *
   * @param pending waiting for a worker
   * @param running at a worker
   * @param completed done or failed
   */
  record Counts(int pending, int running, long completed) {}

  private record Running<J extends TrainingJob>(
      Attempt<J> attempt, ComputeDevice device, String worker) {}

  /**
   * Adds a job.
   *
   * @return its result, when it is there
   * @throws IllegalArgumentException if a job of this id is not completed yet
   */
  CompletableFuture<R> submit(J job) {
    lock.lock();
    try {
      if (results.containsKey(job.id())) {
        throw new IllegalArgumentException("job " + job.id() + " is already in the queue");
      }
      if (devices.isEmpty()) {
        completed++;
        return CompletableFuture.failedFuture(new NoDeviceLeftException(devices.lost()));
      }
      CompletableFuture<R> result = new CompletableFuture<>();
      pending.add(Attempt.first(job, devices.plan(job)));
      results.put(job.id(), result);
      changed.signalAll();
      return result;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a job that this device can do, claims its memory and marks it as running.
   *
   * @param worker has no other job
   * @return empty once the device is out of service
   */
  Optional<Assignment<J>> take(ComputeDevice device, String worker) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (devices.contains(device)) {
        Optional<Attempt<J>> next =
            pending.stream().filter(attempt -> attempt.mayRunOn(device)).findFirst();
        if (next.isPresent() && isAdmitted(next.get(), device)) {
          return Optional.of(start(next.get(), device, worker));
        }
        changed.await();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean isAdmitted(Attempt<J> attempt, ComputeDevice device) {
    MemoryBudget budget = devices.budget(device);
    return attempt.aloneOn().isPresent()
        ? budget.isUnused()
        : budget.admits(attempt.bytesOn(device));
  }

  private Assignment<J> start(Attempt<J> attempt, ComputeDevice device, String worker) {
    pending.remove(attempt);
    running.put(attempt.job().id(), new Running<>(attempt, device, worker));
    boolean alone = attempt.aloneOn().isPresent();
    if (alone) {
      devices.budget(device).claimWhole(worker);
    } else {
      devices.budget(device).claim(worker, attempt.bytesOn(device));
    }
    return new Assignment<>(attempt.job(), attempt.microBatches(), alone, attempt.plan().refusal());
  }

  /**
   * Marks a running job as completed and gives its result to whoever waits.
   *
   * @throws IllegalArgumentException if the job is not running
   */
  void complete(J job, R result) {
    finish(job).complete(result);
  }

  /**
   * Marks a running job as completed without a result; whoever waits gets the reason.
   *
   * @throws IllegalArgumentException if the job is not running
   */
  void fail(J job, Throwable reason) {
    finish(job).completeExceptionally(reason);
  }

  /**
   * The result is completed by the caller, outside the lock: whoever waits may submit the next job
   * at once.
   */
  private CompletableFuture<R> finish(J job) {
    lock.lock();
    try {
      stop(job);
      completed++;
      return results.remove(job.id());
    } finally {
      lock.unlock();
    }
  }

  /** Ends the running of a job and gives its memory back. Call it with the lock. */
  private Running<J> stop(J job) {
    Running<J> stopped = running.remove(job.id());
    if (stopped == null) {
      throw new IllegalArgumentException("job " + job.id() + " is not running");
    }
    devices.budget(stopped.device).release(stopped.worker);
    changed.signalAll();
    return stopped;
  }

  /**
   * Puts a running job back whose memory did not suffice, to be tried again alone on its device,
   * and in smaller parts if it was alone already.
   *
   * @return false if there is nothing smaller to try; the job then still runs
   */
  boolean retryWithMoreMemory(J job) {
    lock.lock();
    try {
      Running<J> failed = running.get(job.id());
      if (devices.contains(failed.device)) {
        Optional<Attempt<J>> next =
            failed.attempt.afterOutOfMemory(failed.device, devices.maxMicroBatches(failed.device));
        if (next.isPresent()) {
          stop(job);
          pending.add(next.get());
        }
        return next.isPresent();
      }
    } finally {
      lock.unlock();
    }
    // A neighbour has found the device lost in the meantime.
    return retryElsewhere(job);
  }

  /**
   * Puts a running job back whose device is out of service, to be tried on another one.
   *
   * @return false if it has lost two devices, and others are left that must not be lost too; the
   *     job then still runs
   */
  boolean retryElsewhere(J job) {
    lock.lock();
    try {
      if (!devices.isEmpty()) {
        Attempt<J> attempt = running.get(job.id()).attempt.afterLostDevice();
        if (attempt.devicesLost() >= 2) {
          return false;
        }
        stop(job);
        pending.add(attempt.replanned(devices.plan(job)));
        return true;
      }
    } finally {
      lock.unlock();
    }
    fail(job, noDeviceLeft());
    return true;
  }

  /**
   * Takes a device out of service: its workers get no more jobs, and what waited for it is planned
   * for the others. If there are none, whoever waits for a result gets a {@link
   * NoDeviceLeftException}.
   *
   * @return the device, unless it was out of service before
   */
  Optional<LostDevice> lose(ComputeDevice device, String reason) {
    List<CompletableFuture<R>> orphans = new ArrayList<>();
    LostDevice lost;
    lock.lock();
    try {
      if (!devices.lose(device, reason)) {
        return Optional.empty();
      }
      lost = devices.lost().get(devices.lost().size() - 1);
      List<Attempt<J>> waiting = List.copyOf(pending);
      pending.clear();
      for (Attempt<J> attempt : waiting) {
        if (devices.isEmpty()) {
          completed++;
          orphans.add(results.remove(attempt.job().id()));
        } else if (attempt.aloneOn().filter(devices::contains).isPresent()) {
          pending.add(attempt);
        } else {
          pending.add(attempt.replanned(devices.plan(attempt.job())));
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    orphans.forEach(orphan -> orphan.completeExceptionally(noDeviceLeft()));
    return Optional.of(lost);
  }

  /** Whether this device still works. */
  boolean isInService(ComputeDevice device) {
    lock.lock();
    try {
      return devices.contains(device);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the devices that have failed, in the order in which they did. */
  List<LostDevice> lostDevices() {
    lock.lock();
    try {
      return devices.lost();
    } finally {
      lock.unlock();
    }
  }

  private NoDeviceLeftException noDeviceLeft() {
    return new NoDeviceLeftException(lostDevices());
  }

  Counts counts() {
    lock.lock();
    try {
      return new Counts(pending.size(), running.size(), completed);
    } finally {
      lock.unlock();
    }
  }
}
