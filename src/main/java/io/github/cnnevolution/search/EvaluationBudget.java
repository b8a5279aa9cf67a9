package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * Counts the networks that a search with generations proposes, and says when it has to end: when
 * there are as many as it may train, or when its generations have long been without a new one.
 */
final class EvaluationBudget {
  /** After so many generations without a new network, a population has converged. */
  static final int STALE_GENERATIONS = 100;

  private final OptionalInt most;
  private final Function<Chromosome, String> names;
  private final Set<String> proposed = new HashSet<>();
  private int before;
  private int stale;

  /**
   * A budget.
   *
   * @param most networks that are proposed; empty: no limit
   * @param names of the networks of chromosomes
   */
  EvaluationBudget(OptionalInt most, Function<Chromosome, String> names) {
    most.ifPresent(number -> Require.atLeast(1, "evaluations", number));
    this.most = most;
    this.names = names;
  }

  /** Counts a proposal; returns whether its network is new. */
  boolean count(Chromosome chromosome) {
    return proposed.add(names.apply(chromosome));
  }

  /** Whether nothing more may be proposed. */
  boolean isSpent() {
    return most.isPresent() && proposed.size() >= most.getAsInt();
  }

  /** Notes the end of a generation. */
  void endGeneration() {
    stale = proposed.size() > before ? 0 : stale + 1;
    before = proposed.size();
  }

  /** Notes that the space has grown: a population that had converged may find new networks. */
  void grow() {
    stale = 0;
  }

  /** Whether generations would go on for ever without a new network. */
  boolean isConverged() {
    return most.isPresent() && stale >= STALE_GENERATIONS;
  }

  /** Why the search ends, if it does. */
  Optional<String> notice() {
    if (isSpent()) {
      return Optional.of(
          Text.format(
              "%s proposed, as many as the search may evaluate",
              proposed.size() == 1
                  ? "1 network was"
                  : Text.format("%,d networks were", proposed.size())));
    }
    return isConverged()
        ? Optional.of(
            Text.format(
                "the population has converged: no new network in %d generations; %d of %d networks were proposed; a higher mutation rate or a larger population finds more",
                STALE_GENERATIONS, proposed.size(), most.getAsInt()))
        : Optional.empty();
  }

  /** What is said of a space all of whose networks were proposed. */
  String exhausted() {
    return exhausted(proposed.size());
  }

  static String exhausted(long networks) {
    return Text.format(
        "the search space is exhausted: all of its networks that the search could find, %d, were proposed",
        networks);
  }
}
