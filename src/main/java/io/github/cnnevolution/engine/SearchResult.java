package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.search.Generation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a search has found.
 *
 * @param stop why it ended
 * @param error why it could not go on, if so
 * @param summary of the run; empty if nothing has been trained with success
 * @param generations that this process has completed, or repeated from the store, in their order
 * @param directory of the run
 * @param modelOnDisk whether the weights of the best network are in {@link #model}
 * @param repeated whether the run was over before, so that nothing was done
 */
public record SearchResult(
    Stop stop,
    Optional<String> error,
    Optional<RunSummary> summary,
    List<Generation> generations,
    RunDirectory directory,
    boolean modelOnDisk,
    boolean repeated) {
  /** Why a search ended. */
  public enum Stop {
    /** Its algorithm is at its end. */
    FINISHED,
    /** The thread was interrupted. */
    INTERRUPTED,
    /** Its time was up. */
    TIME_UP,
    /** Every device has failed. */
    NO_DEVICE_LEFT
  }

  /** Copies the generations. */
  public SearchResult {
    generations = List.copyOf(generations);
  }

  /** The best candidate, if any was trained with success. */
  public Optional<Evaluation> best() {
    return summary.map(RunSummary::best);
  }

  /**
   * The networks that no other one beats in all objectives, the most accurate first; empty with one
   * objective.
   */
  public List<Evaluation> front() {
    return summary.map(RunSummary::front).orElse(List.of());
  }

  /** The weights of the best network, which PyTorch reads as a state_dict. */
  public Path model() {
    return directory.bestModel();
  }
}
