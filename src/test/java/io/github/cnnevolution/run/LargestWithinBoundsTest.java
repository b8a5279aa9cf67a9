package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.training.MemoryEstimate;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From these networks follows how many are trained in parallel. */
class LargestWithinBoundsTest {
  private static final int CLASSES = 10;
  private static final TrainingRecipe RECIPE = TrainingRecipe.sgd(Precision.FP32);

  /** All kinds of genes: with and without stages, ratios that make networks smaller. */
  private static final String SMALL =
      """
      {"name": "small", "stages": 3, "fixed": {"round_to": 8, "max_width": 64, "group_width": 4},
       "genes": [
        {"name": "block", "values": ["plain", "residual", "bottleneck", "inverted"]},
        {"name": "width", "values": [24, 8, 16]},
        {"name": "growths", "sets": ["growth2", "growth3"], "values": [1, 2]},
        {"name": "blocks1", "values": [1, 3]},
        {"name": "blocks2", "values": [2, 0, 1]},
        {"name": "bottleneck_ratio", "values": [1, 2]},
        {"name": "activation", "values": ["relu", "gelu"]},
        {"name": "resolution", "values": [16, 32]},
        {"name": "more", "sets": ["width"], "values": ["as before", 32]}]}""";

  private static long bytes(Architecture network) {
    return MemoryEstimate.bytes(network, RECIPE, 50_000, 1);
  }

  private static Bounds bounds(long minParameters, long maxParameters, long maxFlops) {
    return new Bounds(
        OptionalLong.of(minParameters),
        OptionalLong.of(maxParameters),
        OptionalLong.empty(),
        OptionalLong.of(maxFlops));
  }

  private static long largest(SearchSpace space, Bounds bounds) {
    return space.largest(CLASSES, bounds, LargestWithinBoundsTest::bytes).stream()
        .mapToLong(LargestWithinBoundsTest::bytes)
        .max()
        .orElseThrow();
  }

  private static Map<String, Architecture> all(SearchSpace space) {
    Map<String, Architecture> all = new TreeMap<>();
    for (int bits = 0; bits < 1 << space.defaultLength(); bits++) {
      String text = Integer.toBinaryString((1 << space.defaultLength()) | bits).substring(1);
      Architecture network = space.decode(new Chromosome(text), CLASSES);
      all.put(network.phenotype(), network);
    }
    return all;
  }

  /** Compared with every network of a space, for bounds of all sizes. */
  @Test
  void noNetworkWithinBoundsNeedsMore() {
    SearchSpace small =
        new StagedSpace(SpaceFile.definition(SMALL.getBytes(StandardCharsets.UTF_8)));
    Set<Map.Entry<String, Architecture>> all = all(small).entrySet();
    Random random = new Random(1);
    int tight = 0;
    for (int i = 0; i < 30; i++) {
      long maxParameters = (long) Math.pow(10, 3.8 + 1.5 * random.nextDouble());
      long maxFlops = (long) Math.pow(10, 6.3 + 1.7 * random.nextDouble());
      Bounds bounds = bounds(i % 2 * maxParameters / 2, maxParameters, maxFlops);
      long most =
          all.stream()
              .map(Map.Entry::getValue)
              .filter(bounds::admit)
              .mapToLong(LargestWithinBoundsTest::bytes)
              .max()
              .orElse(0);
      long found = largest(small, bounds);
      assertTrue(found >= most, () -> bounds + ": " + found + " bytes, not " + most);
      tight += found == most ? 1 : 0;
    }
    assertTrue(tight >= 20, tight + " of 30 are exact");
  }

  /** With shares of the memory that is needed without bounds. */
  @ParameterizedTest
  @CsvSource({"20, 0.15", "100, 0.4", "1000, 0.9"})
  void theResidualSpaceNeedsLessWithinBounds(long millions, double most) {
    SearchSpace residual = SpaceFile.builtIn().get("residual");
    Bounds bounds = bounds(1, Long.MAX_VALUE, millions * 1_000_000);
    long largest = largest(residual, bounds);
    double share = largest / (double) largest(residual, Bounds.NONE);
    assertTrue(share < most, millions + " MFLOPs need " + share);
    Random random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      String bits = Integer.toBinaryString((1 << 24) | random.nextInt(1 << 24)).substring(1);
      Architecture network = residual.decode(new Chromosome(bits), CLASSES);
      assertTrue(!bounds.admit(network) || bytes(network) <= largest);
    }
  }

  @Test
  void thePlainSpaceIsLookedThrough() {
    Bounds bounds = bounds(1, 6_000_000, 100_000_000);
    SearchSpace plain = new PlainSpace();
    long most =
        all(plain).values().stream()
            .filter(bounds::admit)
            .mapToLong(LargestWithinBoundsTest::bytes)
            .max()
            .orElseThrow();
    assertEquals(most, largest(plain, bounds));
    assertTrue(most < largest(plain, Bounds.NONE));
    SearchSpace pinned = plain.narrow(Map.of("stem width", List.of("16")));
    assertTrue(largest(pinned, Bounds.NONE) < largest(plain, Bounds.NONE));
  }
}
