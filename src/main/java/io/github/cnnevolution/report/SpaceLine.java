package io.github.cnnevolution.report;

import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The search space of a run in one line. */
final class SpaceLine {
  private SpaceLine() {}

  /**
   * Such as {@code residual, block=residual, width=32|64, at most 20,000,000 flops}; empty for the
   * plain space as it is.
   */
  static Optional<String> of(SearchSpace space, Bounds bounds) {
    List<String> parts = new ArrayList<>(List.of(space.name()));
    space.choices().forEach((gene, values) -> parts.add(gene + "=" + String.join("|", values)));
    parts.addAll(bounds.texts());
    return parts.equals(List.of(PlainSpace.NAME))
        ? Optional.empty()
        : Optional.of(String.join(", ", parts));
  }
}
