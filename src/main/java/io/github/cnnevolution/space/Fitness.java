package io.github.cnnevolution.space;

/** How good a candidate is, as one number: higher is better. */
public final class Fitness {
  /** The fitness of a candidate whose training failed: below that of every trained one. */
  public static final double FAILED = -1;

  private Fitness() {}

  /**
   * Whether a number can be the fitness of a trained candidate: finite and above {@link #FAILED}.
   */
  public static boolean isValid(double fitness) {
    return fitness > FAILED && fitness < Double.POSITIVE_INFINITY;
  }

  /**
   * Returns {@code fitness} if it is valid or {@link #FAILED}.
   *
   * @throws IllegalArgumentException otherwise
   */
  public static double check(double fitness) {
    if (fitness != FAILED && !isValid(fitness)) {
      throw new IllegalArgumentException(
          "fitness must be finite and above -1, or -1 for a failure, but is " + fitness);
    }
    return fitness;
  }
}
