package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.Comparator;
import java.util.Optional;

/**
 * The current state of a worker.
 *
 * @param worker its name, such as {@code cpu-0} or {@code gpu1-3}
 * @param job its job; empty while it waits for one
 * @param startedMillis start of the job, in milliseconds since 1970; 0 while it waits
 * @param progress progress of the training; empty before its first step
 */
public record WorkerState(
    String worker,
    Optional<EvaluationJob> job,
    long startedMillis,
    Optional<TrainingProgress> progress) {
  /** Sorts by number: {@code cpu-2} before {@code cpu-10}. */
  static final Comparator<WorkerState> ORDER =
      Comparator.comparingInt((WorkerState state) -> state.worker.length())
          .thenComparing(WorkerState::worker);

  /** Returns the state of a worker without a job. */
  static WorkerState idle(String worker) {
    return new WorkerState(worker, Optional.empty(), 0, Optional.empty());
  }

  /** Returns its device, such as {@code gpu1}. */
  public String device() {
    return worker.substring(0, Math.max(0, worker.lastIndexOf('-')));
  }

  /** Whether its candidate is being validated. */
  public boolean isValidating() {
    return progress.filter(TrainingProgress::isTrained).isPresent();
  }

  /** Returns {@code idle}, {@code starting}, {@code epoch 2/5} or {@code validation}. */
  public String phase() {
    if (job.isEmpty()) {
      return "idle";
    }
    if (progress.isEmpty()) {
      return "starting";
    }
    return isValidating()
        ? "validation"
        : Text.format("epoch %d/%d", progress.get().epoch(), progress.get().epochs());
  }
}
