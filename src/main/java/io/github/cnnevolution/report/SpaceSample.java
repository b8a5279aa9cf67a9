package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.BoundedNetworks;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/**
 * Networks of a space, drawn as a search draws its first generation, and the smallest and largest
 * that the space knows. Always the same draws.
 *
 * @param drawn at random, those that the bounds admit
 * @param ends the smallest and the largest of them that are known
 * @param tried how many were drawn, with those that are not admitted
 */
record SpaceSample(List<Architecture> drawn, List<Architecture> ends, int tried) {
  private static final int CHROMOSOMES = 2000;

  /** Where the bounds admit few. */
  private static final int MOST_TRIED = 3 * CHROMOSOMES;

  /** What is measured, by name. */
  static final Map<String, ToLongFunction<Architecture>> SIZES = sizes();

  private static final Map<String, Double> QUANTILES = quantiles();

  private static Map<String, ToLongFunction<Architecture>> sizes() {
    Map<String, ToLongFunction<Architecture>> sizes = new LinkedHashMap<>();
    sizes.put("parameters", Architecture::parameters);
    sizes.put("flops", Architecture::flops);
    return Collections.unmodifiableMap(sizes);
  }

  private static Map<String, Double> quantiles() {
    Map<String, Double> quantiles = new LinkedHashMap<>();
    quantiles.put("5 %", 0.05);
    quantiles.put("25 %", 0.25);
    quantiles.put("median", 0.5);
    quantiles.put("75 %", 0.75);
    quantiles.put("95 %", 0.95);
    return Collections.unmodifiableMap(quantiles);
  }

  /**
   * Draws networks.
   *
   * @throws io.github.cnnevolution.engine.SettingException if no network keeps the bounds
   */
  static SpaceSample of(SearchSpace space, Bounds bounds) {
    List<Architecture> ends = new ArrayList<>(space.smallest(Architecture.CLASSES));
    ends.addAll(space.largest(Architecture.CLASSES));
    if (!bounds.isNone()) {
      int bits = space.defaultLength();
      Chromosome any = new BoundedNetworks(space, bounds, Architecture.CLASSES).any(bits);
      ends.add(space.decode(any, Architecture.CLASSES));
      ends.removeIf(network -> !bounds.admit(network));
    }
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    List<Architecture> drawn = new ArrayList<>();
    int tried = 0;
    while (drawn.size() < CHROMOSOMES && tried < MOST_TRIED) {
      tried++;
      Chromosome chromosome = Chromosome.random(space.defaultLength(), random);
      Architecture network = space.decode(chromosome, Architecture.CLASSES);
      if (bounds.admit(network)) {
        drawn.add(network);
      }
    }
    return new SpaceSample(drawn, ends, tried);
  }

  /** The fraction of the drawn chromosomes that the bounds admit. */
  double admitted() {
    return drawn.size() / (double) tried;
  }

  /** The quantiles of a size by their names, the smallest first; null where none was admitted. */
  Map<String, Long> of(ToLongFunction<Architecture> size) {
    long[] sorted = drawn.stream().mapToLong(size).sorted().toArray();
    LongSummaryStatistics all =
        Stream.concat(drawn.stream(), ends.stream()).mapToLong(size).summaryStatistics();
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("smallest", all.getMin());
    QUANTILES.forEach(
        (name, q) ->
            values.put(name, sorted.length == 0 ? null : sorted[(int) (q * (sorted.length - 1))]));
    values.put("largest", all.getMax());
    return values;
  }
}
