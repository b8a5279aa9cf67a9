package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.text.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the evaluation of a {@link Proposal} showed. Immutable.
 *
 * @param proposal the index of the proposal
 * @param fitness what a search with one objective maximises: finite and above -1, or {@link
 *     Fitness#FAILED}
 * @param objectives everything that was measured, by name, such as the accuracy and the parameters;
 *     finite numbers in an order that is kept; empty if the evaluation failed
 * @param trainedFraction the part of the training that was done of the whole, in [0, 1]; less than
 *     1 for a training that was stopped early
 */
public record Outcome(
    long proposal, double fitness, Map<String, Double> objectives, double trainedFraction) {
  /**
   * Checks the numbers and copies the objectives.
   *
   * @throws IllegalArgumentException if a number is outside its range
   */
  public Outcome {
    Require.atLeast(0, "index of a proposal", proposal);
    Fitness.check(fitness);
    objectives = Collections.unmodifiableMap(new LinkedHashMap<>(objectives));
    objectives.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                Text.format(
                    "proposal %d: objective %s must be finite, but is %s", proposal, name, value));
          }
        });
    Require.rate("trained fraction", trainedFraction);
  }

  /** The outcome of a whole training of which nothing but the fitness is known. */
  public static Outcome of(long proposal, double fitness) {
    return new Outcome(proposal, fitness, Map.of(), fitness == Fitness.FAILED ? 0 : 1);
  }

  /** Returns whether the evaluation failed. */
  public boolean failed() {
    return fitness == Fitness.FAILED;
  }
}
