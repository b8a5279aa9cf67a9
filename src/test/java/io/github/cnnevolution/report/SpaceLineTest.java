package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SpaceLineTest {
  private static final Bounds BOUNDS =
      new Bounds(
          OptionalLong.of(1000),
          OptionalLong.of(5_000_000),
          OptionalLong.empty(),
          OptionalLong.of(200_000_000));

  @Test
  void namesTheSpaceWithPinsChoicesAndBounds() {
    SearchSpace residual =
        SpaceFile.builtIn()
            .get("residual")
            .narrow(Map.of("se", List.of("on"), "width", List.of("64", "32")));
    assertEquals(
        "residual, at least 1,000 parameters, at most 5,000,000 parameters, at most 200,000,000 flops",
        SpaceLine.of(SpaceFile.builtIn().get("residual"), BOUNDS).orElseThrow());
    String narrowed = SpaceLine.of(residual, Bounds.NONE).orElseThrow();
    assertEquals(
        List.of("residual", "se=on", "width=32|64"),
        List.of(narrowed.split(", ", -1)).stream().sorted().toList());
  }

  @Test
  void thePlainSpaceGoesWithoutSaying() {
    assertEquals(Optional.empty(), SpaceLine.of(new PlainSpace(), Bounds.NONE));
    assertEquals(
        "plain, kernel=3",
        SpaceLine.of(new PlainSpace().narrow(Map.of("kernel", List.of("3"))), Bounds.NONE)
            .orElseThrow());
  }
}
