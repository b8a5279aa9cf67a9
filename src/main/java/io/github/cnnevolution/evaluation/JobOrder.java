package io.github.cnnevolution.evaluation;

import java.util.Comparator;

/** Which of the jobs that wait a worker takes first. Repeated attempts always come first. */
public enum JobOrder {
  /**
   * The longest training, so that the short ones fill the gaps at the end of a generation (longest
   * processing time first, Graham 1969, SIAM J. Appl. Math. 17); of equally long ones the job that
   * was submitted first.
   */
  LONGEST_FIRST,

  /**
   * The job that was submitted first. A search without generations waits for its results in about
   * this order; a short training that long ones overtake would hold up what follows from it.
   */
  SUBMITTED_FIRST;

  Comparator<Attempt<?>> comparator() {
    Comparator<Attempt<?>> repeated = Comparator.comparing(attempt -> !attempt.isRepeated());
    Comparator<Attempt<?>> submitted = Comparator.comparingLong(attempt -> attempt.job().id());
    Comparator<Attempt<?>> longest =
        Comparator.comparingLong(attempt -> attempt.isRepeated() ? 0 : -attempt.flops());
    return this == LONGEST_FIRST
        ? repeated.thenComparing(longest).thenComparing(submitted)
        : repeated.thenComparing(submitted);
  }

  /** The order of jobs that were not begun before. */
  public Comparator<TrainingJob> jobs() {
    Comparator<TrainingJob> submitted = Comparator.comparingLong(TrainingJob::id);
    Comparator<TrainingJob> longest = Comparator.comparingLong(job -> -job.work());
    return this == LONGEST_FIRST ? longest.thenComparing(submitted) : submitted;
  }
}
