package io.github.cnnevolution.report;

import io.github.cnnevolution.run.StoredEvaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The times during which nobody worked on a run, since it was stopped and went on later.
 *
 * @param gaps from when to when, in milliseconds since 1970, in their order
 */
record Pauses(List<Gap> gaps) {
  /** Between two candidates of a process pass milliseconds; a restart takes a few seconds. */
  private static final long SHORTEST_MILLIS = 30_000;

  /**
   * A pause.
   *
   * @param from its first millisecond since 1970
   * @param to when the work went on
   */
  record Gap(long from, long to) {}

  /** Copies the gaps. */
  Pauses {
    gaps = List.copyOf(gaps);
  }

  /** Those between evaluations that the run made itself. */
  static Pauses of(List<StoredEvaluation> evaluations) {
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

  /** How much of them lies before a time. */
  long before(long millis) {
    return gaps.stream().mapToLong(gap -> Math.max(0, Math.min(gap.to, millis) - gap.from)).sum();
  }
}
