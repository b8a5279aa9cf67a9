package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.NativeFailure;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Takes jobs for one device until the pool closes or the device fails, and decides what is done
 * with a job that failed.
 *
 * @param <J> the jobs
 * @param <R> their results
 */
final class Worker<J extends TrainingJob, R> implements Runnable {
  private final String name;
  private final ComputeDevice device;
  private final JobRunner<J, R> runner;
  private final JobQueue<J, R> queue;
  private final WorkerListener<J, R> listener;

  Worker(
      String name,
      DeviceWorkers<J, R> device,
      JobQueue<J, R> queue,
      WorkerListener<J, R> listener) {
    this.name = name;
    this.device = device.device();
    this.runner = device.runner();
    this.queue = queue;
    this.listener = listener;
  }

  @Override
  public void run() {
    try (DeviceBinding binding = device.bind()) {
      try {
        Optional<Assignment<J>> next = queue.take(device, name);
        while (next.isPresent()) {
          work(next.get());
          next = queue.take(device, name);
        }
      } finally {
        runner.releaseIdleMemory();
      }
    } catch (InterruptedException e) {
      // The pool is closing.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The device cannot be used, or could not be released.
      lose(e);
    }
  }

  private void work(Assignment<J> assignment) throws InterruptedException {
    try {
      listener.onStart(assignment.job(), name);
      Optional<R> result = run(assignment);
      if (result.isPresent()) {
        long memory = runner.memoryBytes(assignment.job(), assignment.microBatches());
        listener.onEnd(assignment.job(), result.get(), device, memory);
        queue.complete(assignment.job(), result.get());
      }
    } catch (RuntimeException | Error e) {
      // Not the job's fault: its waiter gets the error.
      queue.fail(assignment.job(), e);
    }
  }

  /**
   * Runs a job, which may fail in any way that Java or native code can fail; the worker survives
   * all of them. A result that cannot be kept is no failure of the job.
   *
   * @return empty if the job is back in the queue
   */
  private Optional<R> run(Assignment<J> assignment) throws InterruptedException {
    if (assignment.refusal().isPresent()) {
      return failed(assignment, FailureKind.MEMORY, assignment.refusal().get());
    }
    try {
      if (assignment.alone()) {
        // Releases what other workers left for later, and fragments in LibTorch's cache.
        runner.releaseIdleMemory();
        device.releaseCachedMemory();
      }
      return Optional.of(runner.run(assignment.job(), name, assignment.microBatches()));
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return afterFailure(assignment, e);
    }
  }

  private Optional<R> afterFailure(Assignment<J> assignment, Throwable thrown) {
    NativeFailure failure = NativeFailure.of(thrown, device);
    if (failure == NativeFailure.DEVICE_LOST) {
      lose(thrown);
    }
    if (!queue.isInService(device)) {
      // Another worker lost the device: not the job's fault.
      return queue.retryElsewhere(assignment.job())
          ? Optional.empty()
          : failed(assignment, FailureKind.DEVICE, "two devices failed while training it");
    }
    if (failure == NativeFailure.OUT_OF_MEMORY && queue.retryWithMoreMemory(assignment.job())) {
      return Optional.empty();
    }
    return failed(assignment, FailureKind.of(thrown), FailureReason.of(thrown));
  }

  private Optional<R> failed(Assignment<J> assignment, FailureKind kind, String reason) {
    return Optional.of(
        runner.failure(assignment.job(), assignment.microBatches(), kind, reason, name));
  }

  private void lose(Throwable thrown) {
    queue.lose(device, FailureReason.line(thrown)).ifPresent(listener::onDeviceLost);
  }
}
