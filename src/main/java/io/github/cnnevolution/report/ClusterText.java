package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;

/** The executors of a cluster in a few words. */
final class ClusterText {
  private ClusterText() {}

  /** Such as {@code 3 executors on 2 hosts}; empty without any. */
  static Optional<String> of(List<ExecutorState> executors) {
    if (executors.isEmpty()) {
      return Optional.empty();
    }
    long hosts = executors.stream().map(ExecutorState::host).distinct().count();
    return Optional.of(
        Text.format(
            "%s on %s", Text.count(executors.size(), "executor"), Text.count(hosts, "host")));
  }
}
