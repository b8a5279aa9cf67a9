package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The state of a search at one moment.
 *
 * @param generation current generation, from 1; 0 before the first
 * @param generations number of generations of the search; {@link Integer#MAX_VALUE} without a limit
 * @param candidates number of candidates in this generation
 * @param done number of candidates with a fitness
 * @param fraction fraction of the generation's training done, by FLOPs, in [0, 1]
 * @param elapsed time since the start of the generation
 * @param left estimated time to its end; empty while unknown
 * @param runLeft estimated time to the end of the search; empty while unknown
 * @param best the best candidate so far, if there is one
 * @param workers workers that have had a job, in order
 * @param networks number of distinct networks with a result
 * @param budget number of distinct networks that the search may evaluate; 0 without a limit
 * @param hasGenerations whether the search has generations
 * @param executors processes of a cluster that train; empty without one
 */
public record SearchSnapshot(
    int generation,
    int generations,
    int candidates,
    int done,
    double fraction,
    Duration elapsed,
    Optional<Duration> left,
    Optional<Duration> runLeft,
    Optional<Evaluation> best,
    List<WorkerState> workers,
    int networks,
    int budget,
    boolean hasGenerations,
    List<ExecutorState> executors) {
  /** Copies the lists. */
  public SearchSnapshot {
    workers = List.copyOf(workers);
    executors = List.copyOf(executors);
  }

  /** How many candidates an executor trains now. */
  int running(ExecutorState executor) {
    return (int)
        workers.stream()
            .filter(worker -> worker.device().equals(executor.name()) && worker.job().isPresent())
            .count();
  }

  /** How many images a second an executor trains, as far as it is known. */
  double imagesPerSecond(ExecutorState executor) {
    return workers.stream()
        .filter(worker -> worker.device().equals(executor.name()))
        .flatMap(worker -> worker.progress().stream())
        .mapToDouble(TrainingProgress::imagesPerSecond)
        .sum();
  }

  /**
   * The executors in one line, such as {@code 3 executors on 2 hosts: 5 of 6 candidates in
   * training}; empty without any.
   */
  Optional<String> cluster() {
    return ClusterText.of(executors)
        .map(
            cluster ->
                Text.format(
                    "%s: %d of %s in training",
                    cluster,
                    executors.stream().mapToInt(this::running).sum(),
                    Text.count(
                        executors.stream().mapToInt(ExecutorState::slots).sum(), "candidate")));
  }
}
