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

  /** Takes note of a result that was not trained here, so that there are no weights with it. */
  public synchronized void hear(Evaluation known) {
    if (isBetter(known)) {
      close();
      evaluation = known;
    }
  }

  private boolean isBetter(Evaluation candidate) {
    return !candidate.isFailed()
        && (evaluation == null || Evaluation.BEST_FIRST.compare(candidate, evaluation) < 0);
  }

  /**
   * Keeps the weights of {@code network} if its evaluation is better than all before.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  synchronized void offer(Evaluation candidate, Network network) {
    if (isBetter(candidate)) {
      keep(candidate, network);
    }
  }

  /**
   * Keeps the weights of the best candidate, trained again.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  synchronized void restore(Network network) {
    keep(evaluation, network);
  }

  private void keep(Evaluation candidate, Network network) {
    Weights copy = new Weights(network);
    try {
      copy.write(file, origin(candidate));
    } catch (IOException e) {
      copy.close();
      throw new UncheckedIOException(e.getMessage(), e);
    }
    close();
    weights = copy;
    evaluation = candidate;
  }

  /** Whose weights they are: the file says it too, so that it can be told after a crash. */
  private static String origin(Evaluation candidate) {
    return "%s %s\n"
        .formatted(
            candidate.job().architecture().phenotype(), Double.toHexString(candidate.fitness()));
  }

  /** Whether the weights of the best candidate are in the file. */
  public synchronized boolean isOnDisk() {
    return weights != null
        || (evaluation != null
            && Weights.origin(file).filter(origin(evaluation)::equals).isPresent());
  }

  /** Whether the weights of the best candidate are in memory. */
  public synchronized boolean isAtHand() {
    return weights != null;
  }

  /**
   * Reads the weights of the best candidate from the file.
   *
   * @param network of its architecture
   * @return whether the file has them, whole
   */
  public synchronized boolean read(Network network) {
    if (weights == null && isOnDisk()) {
      try {
        weights = Weights.read(file, network);
      } catch (IOException e) {
        // Damaged: they can be trained again.
        return false;
      }
    }
    return weights != null;
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
