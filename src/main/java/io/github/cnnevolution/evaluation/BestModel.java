package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The best candidate so far with its trained weights, in memory and in a file that is replaced as
 * soon as a better one is found, so that whatever ends the run, the best model is on disk. Safe to
 * use from many threads.
 */
public final class BestModel implements AutoCloseable {
  private final Path file;
  private Evaluation evaluation;
  private Weights weights;

  /** No model yet; the best one will be written to {@code file}. */
  public BestModel(Path file) {
    this.file = file;
  }

  /**
   * Keeps the weights of {@code network} if its evaluation is better than all before.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  synchronized void offer(Evaluation candidate, Network network) {
    if (candidate.isFailed()
        || (evaluation != null && Evaluation.BEST_FIRST.compare(candidate, evaluation) >= 0)) {
      return;
    }
    Weights copy = new Weights(network);
    try {
      copy.write(file);
    } catch (IOException e) {
      copy.close();
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
    close();
    weights = copy;
    evaluation = candidate;
  }

  /** The evaluation of the best candidate, if any has succeeded. */
  public synchronized Optional<Evaluation> evaluation() {
    return Optional.ofNullable(evaluation);
  }

  /**
   * Gives a network of the best candidate's architecture its weights.
   *
   * @throws IllegalStateException if there is no model
   */
  public synchronized void copyTo(Network network) {
    if (weights == null) {
      throw new IllegalStateException("no candidate has succeeded yet");
    }
    weights.copyTo(network);
  }

  /** Frees the weights in memory; the file stays. */
  @Override
  public synchronized void close() {
    if (weights != null) {
      weights.close();
      weights = null;
      evaluation = null;
    }
  }
}
