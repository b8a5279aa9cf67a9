package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;

/**
 * The training of one candidate of a search.
 *
 * @param id counts the jobs of a run from 0 in the order in which they were submitted, which does
 *     not depend on workers
 * @param chromosome the first that asked for this architecture
 * @param architecture what is trained
 * @param fraction the part of the training after which it is evaluated, in (0, 1]; 1 is the whole
 */
public record EvaluationJob(
    long id, Chromosome chromosome, Architecture architecture, double fraction)
    implements TrainingJob {
  /**
   * Checks the part.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public EvaluationJob {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "the part of a training must be in (0, 1], but is " + fraction);
    }
  }

  /** The whole training of a candidate. */
  public EvaluationJob(long id, Chromosome chromosome, Architecture architecture) {
    this(id, chromosome, architecture, 1);
  }

  /** Whether the training is evaluated before its end. */
  public boolean isPart() {
    return fraction < 1;
  }

  @Override
  public long work() {
    return Math.round(architecture.flops() * fraction);
  }
}
