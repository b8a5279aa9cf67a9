package io.github.cnnevolution.report;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A search at one moment.
 *
 * @param generation that is being evaluated, counted from 1; 0 before the first
 * @param generations of the whole search
 * @param candidates in this generation
 * @param done how many of them have their fitness
 * @param fraction of the generation's training that is done, by FLOPs, in [0, 1]
 * @param elapsed since the generation began
 * @param left until it ends, at the speed so far; empty while that is unknown
 * @param workers all that had a job so far, in order
 */
public record SearchSnapshot(
    int generation,
    int generations,
    int candidates,
    int done,
    double fraction,
    Duration elapsed,
    Optional<Duration> left,
    List<WorkerState> workers) {
  /** Copies the workers. */
  public SearchSnapshot {
    workers = List.copyOf(workers);
  }
}
