package io.github.cnnevolution.search;

import java.util.Optional;
import java.util.Set;

/**
 * A search algorithm as a dialogue: the engine asks for proposals and tells their outcomes.
 *
 * <p>The algorithm decides <em>what</em> is evaluated; whoever asks decides when, where and how
 * many at a time. Typical use is a loop that asks until nothing comes, evaluates what came, and
 * tells the outcomes:
 *
 * <pre>{@code
 * while (!algorithm.isFinished()) {
 *   List<Proposal> batch = new ArrayList<>();
 *   for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
 *     batch.add(p.get());
 *   }
 *   for (Proposal proposal : batch) {
 *     algorithm.tell(evaluate(proposal));
 *   }
 * }
 * }</pre>
 *
 * <p>An implementation is a pure function of its settings and of what it was told: equal settings
 * and equal outcomes, told in the same order, give equal proposals on every machine. One that
 * {@link #isAsynchronous()} gives equal proposals in whatever order it is told. A search is resumed
 * by that: a new instance is asked and told what the store holds, and then goes on. So it has no
 * clock, no unseeded random number and no file.
 *
 * <p>At the end every proposal has been told, and {@link #isFinished()} is true. Not safe to share
 * between threads.
 */
public interface SearchAlgorithm {
  /** Returns a short name that a stored run keeps, such as {@code genetic}. */
  String name();

  /**
   * Returns the next proposal.
   *
   * <p>Indices count from 0 without gaps, and the parents of a proposal were proposed before it.
   * Whether a proposal has been told may matter for what follows; how often one asks in vain does
   * not.
   *
   * @return empty if none can be made before more outcomes are told, or at the end
   */
  Optional<Proposal> ask();

  /**
   * Takes the outcome of a proposal. Each proposal is told once.
   *
   * @throws IllegalArgumentException if the proposal has not been made, or was told before
   */
  void tell(Outcome outcome);

  /** Returns whether the search is over: nothing more is proposed and every proposal is told. */
  boolean isFinished();

  /**
   * Whether outcomes may be told in any order, as soon as they arrive. If not, which is the
   * default, they are told in the order of the proposals.
   */
  default boolean isAsynchronous() {
    return false;
  }

  /**
   * The proposals of a part of a training that may still go on: those that have not been told, and
   * those of which the algorithm has not decided. A proposal of a part that is missing here was
   * stopped, has failed, or has been proposed again to go on.
   */
  default Set<Long> undecided() {
    return Set.of();
  }

  /** What a person should know of the end of a search, such as that the space is exhausted. */
  default Optional<String> endNotice() {
    return Optional.empty();
  }
}
