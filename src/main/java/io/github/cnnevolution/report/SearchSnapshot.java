package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
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
    boolean hasGenerations) {
  /** Copies the workers. */
  public SearchSnapshot {
    workers = List.copyOf(workers);
  }
}
