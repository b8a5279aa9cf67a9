package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Recombines two parents by swapping everything behind one cut, so that neighbouring genes tend to
 * stay together (Holland 1975, "Adaptation in Natural and Artificial Systems").
 *
 * <p>The cut is uniform in [1, length - 1]: a child has at least one bit of each parent. Immutable.
 */
public final class OnePointCrossover {
  private final double rate;

  /**
   * A crossover that recombines a pair with probability {@code rate} and otherwise hands on the
   * parents as they are.
   *
   * @throws IllegalArgumentException if {@code rate} is outside [0, 1]
   */
  public OnePointCrossover(double rate) {
    this.rate = Require.rate("crossover rate", rate);
  }

  /**
   * The two children: the first begins like {@code first}, the second like {@code second}.
   *
   * @throws IllegalArgumentException if a cut is made and the parents differ in length
   */
  public List<Chromosome> cross(Chromosome first, Chromosome second, RandomGenerator random) {
    return isDrawn(random) ? recombine(first, second, random) : List.of(first, second);
  }

  /** Draws whether a pair is recombined. */
  boolean isDrawn(RandomGenerator random) {
    // nextDouble is in [0, 1): rate 0 never cuts and rate 1 always does.
    return random.nextDouble() < rate;
  }

  /** Cuts both parents at one place that is drawn; one bit cannot be cut. */
  List<Chromosome> recombine(Chromosome first, Chromosome second, RandomGenerator random) {
    if (first.length() == 1) {
      return List.of(first, second);
    }
    int cut = random.nextInt(1, first.length());
    return List.of(first.splice(cut, second), second.splice(cut, first));
  }
}
