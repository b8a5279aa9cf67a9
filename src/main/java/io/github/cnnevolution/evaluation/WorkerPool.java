package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.DeviceBinding;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A fixed set of threads that take jobs as soon as they are free. The threads live as long as the
 * pool, since LibTorch keeps memory for each thread that ever called it. Closing interrupts them
 * and waits until they have stopped; jobs without a result then never get one.
 */
final class WorkerPool implements AutoCloseable {
  private final JobQueue queue = new JobQueue();
  private final List<Thread> workers = new ArrayList<>();
  private final EvaluationListener listener;

  /**
   * Starts the workers.
   *
   * @param devices at least one
   */
  WorkerPool(List<DeviceWorkers> devices, EvaluationListener listener) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one device");
    }
    this.listener = listener;
    for (DeviceWorkers device : devices) {
      for (int i = 0; i < device.workers(); i++) {
        String name = device.device().id() + "-" + i;
        Thread thread = new Thread(() -> work(device, name), "worker-" + name);
        thread.setDaemon(true);
        this.workers.add(thread);
      }
    }
    this.workers.forEach(Thread::start);
  }

  /** Adds a job; the result arrives on a worker's thread. */
  CompletableFuture<Evaluation> submit(EvaluationJob job) {
    return queue.submit(job);
  }

  private void work(DeviceWorkers device, String worker) {
    try (DeviceBinding binding = device.device().bind()) {
      while (true) {
        EvaluationJob job = queue.take();
        try {
          listener.onStart(job, worker);
          Evaluation evaluation = evaluate(device.evaluator(), job, worker);
          listener.onEnd(evaluation);
          queue.complete(evaluation);
        } catch (RuntimeException | Error e) {
          // Not the candidate's fault: whoever waits must hear of it, or would wait for ever.
          queue.fail(job, e);
        }
      }
    } catch (InterruptedException e) {
      // The pool is closing.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A candidate may fail in any way that Java or native code can fail; none of them may take the
   * worker along. That its result cannot be kept is no failure of the candidate.
   */
  private static Evaluation evaluate(CandidateEvaluator evaluator, EvaluationJob job, String worker)
      throws InterruptedException {
    try {
      return evaluator.evaluate(job, worker, 1);
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return Evaluation.failed(job, FailureReason.of(e), worker);
    }
  }

  @Override
  public void close() {
    workers.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
