package io.github.cnnevolution.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The periods in which a run was stopped before it was resumed.
 *
 * @param gaps the periods in order, in milliseconds since 1970
 */
public record Pauses(List<Gap> gaps) {
  /** The gap between two candidates of a process is milliseconds; a restart takes a few seconds. */
  private static final long SHORTEST_MILLIS = 30_000;

  /**
   * A pause.
   *
   * @param from its start, in milliseconds since 1970
   * @param to its end, when work resumed
   */
  public record Gap(long from, long to) {}

  /** Copies the gaps. */
  public Pauses {
    gaps = List.copyOf(gaps);
  }

  /** Finds the pauses between the run's own evaluations. */
  public static Pauses of(List<StoredEvaluation> evaluations) {
    List<StoredEvaluation> own =
        evaluations.stream()
            .filter(stored -> stored.source().isEmpty())
            .sorted(Comparator.comparingLong(StoredEvaluation::startedMillis))
            .toList();
    List<Gap> gaps = new ArrayList<>();
    long end = own.isEmpty() ? 0 : own.get(0).startedMillis();
    for (StoredEvaluation stored : own) {
      if (stored.startedMillis() - end > SHORTEST_MILLIS) {
        gaps.add(new Gap(end, stored.startedMillis()));
      }
      end = Math.max(end, stored.endedMillis());
    }
    return new Pauses(gaps);
  }

  /** Returns the start of the run's first own evaluation; 0 without any. */
  public static long origin(List<StoredEvaluation> evaluations) {
    return evaluations.stream()
        .filter(stored -> stored.source().isEmpty())
        .mapToLong(StoredEvaluation::startedMillis)
        .min()
        .orElse(0);
  }

  /** Returns the time from the first own evaluation to the end of the last, without the pauses. */
  public static long activeMillis(List<StoredEvaluation> evaluations) {
    long end =
        evaluations.stream()
            .filter(stored -> stored.source().isEmpty())
            .mapToLong(StoredEvaluation::endedMillis)
            .max()
            .orElse(0);
    return of(evaluations).active(origin(evaluations), end);
  }

  /** Returns the time from a start to a time, without the pauses. */
  public long active(long origin, long millis) {
    return Math.max(0, millis - origin - before(millis));
  }

  /** Returns the total pause before a time. */
  public long before(long millis) {
    return gaps.stream().mapToLong(gap -> Math.max(0, Math.min(gap.to, millis) - gap.from)).sum();
  }
}
