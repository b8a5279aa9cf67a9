package io.github.cnnevolution.run;

import java.util.Optional;

/**
 * What a run with several objectives, or with a bound of the latency, has found beside its best
 * network.
 *
 * @param front of a run with several objectives
 * @param tooSlow networks that were not trained because of their latency
 */
public record RunFront(Optional<Front> front, int tooSlow) {
  /** That of a run with one objective and no bound. */
  public static final RunFront NONE = new RunFront(Optional.empty(), 0);
}
