package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.NativeFailure;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Takes jobs for one device until the pool closes or the device fails, and decides what becomes of
 * a job that failed.
 */
final class Worker implements Runnable {
  private final String name;
  private final ComputeDevice device;
  private final CandidateEvaluator evaluator;
  private final JobQueue queue;
  private final EvaluationListener listener;
  private final EvaluationCache journal;

  Worker(
      String name,
      DeviceWorkers device,
      JobQueue queue,
      EvaluationListener listener,
      EvaluationCache journal) {
    this.name = name;
    this.device = device.device();
    this.evaluator = device.evaluator();
    this.queue = queue;
    this.listener = listener;
    this.journal = journal;
  }

  @Override
  public void run() {
    try (DeviceBinding binding = device.bind()) {
      Optional<Assignment> next = queue.take(device, name);
      while (next.isPresent()) {
        work(next.get());
        next = queue.take(device, name);
      }
    } catch (InterruptedException e) {
      // The pool is closing.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The device cannot be used, or could not be given back: whoever relies on it must hear of
      // it.
      lose(e);
    }
  }

  private void work(Assignment assignment) throws InterruptedException {
    try {
      listener.onStart(assignment.job(), name);
      journal.started(assignment.job(), name);
      Optional<Evaluation> evaluation = evaluate(assignment);
      if (evaluation.isPresent()) {
        // On disk before anybody builds on it.
        journal.ended(
            evaluation.get(),
            device,
            evaluator.memoryBytes(assignment.job(), evaluation.get().microBatches()));
        listener.onEnd(evaluation.get());
        queue.complete(evaluation.get());
      }
    } catch (RuntimeException | Error e) {
      // Not the candidate's fault: whoever waits must hear of it, or would wait for ever.
      queue.fail(assignment.job(), e);
    }
  }

  /**
   * A candidate may fail in any way that Java or native code can fail; none of them may take the
   * worker along. That its result cannot be kept is no failure of the candidate.
   *
   * @return empty if the job is back in the queue
   */
  private Optional<Evaluation> evaluate(Assignment assignment) throws InterruptedException {
    if (assignment.refusal().isPresent()) {
      return failed(assignment, FailureKind.MEMORY, assignment.refusal().get());
    }
    try {
      if (assignment.alone()) {
        // What neighbours have left in LibTorch's cache, in pieces, makes room in one piece.
        device.releaseCachedMemory();
      }
      return Optional.of(evaluator.evaluate(assignment.job(), name, assignment.microBatches()));
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return afterFailure(assignment, e);
    }
  }

  private Optional<Evaluation> afterFailure(Assignment assignment, Throwable thrown) {
    NativeFailure failure = NativeFailure.of(thrown);
    if (failure == NativeFailure.DEVICE_LOST) {
      lose(thrown);
    }
    if (!queue.isInService(device)) {
      // On a device that a neighbour has lost, whatever goes wrong is not the candidate's fault.
      return queue.retryElsewhere(assignment.job())
          ? Optional.empty()
          : failed(assignment, FailureKind.DEVICE, "two devices failed while training it");
    }
    if (failure == NativeFailure.OUT_OF_MEMORY && queue.retryWithMoreMemory(assignment.job())) {
      return Optional.empty();
    }
    return failed(assignment, FailureKind.of(thrown), FailureReason.of(thrown));
  }

  private Optional<Evaluation> failed(Assignment assignment, FailureKind kind, String reason) {
    return Optional.of(Evaluation.failed(assignment.job(), kind, reason, name));
  }

  private void lose(Throwable thrown) {
    queue.lose(device, FailureReason.line(thrown)).ifPresent(listener::onDeviceLost);
  }
}
