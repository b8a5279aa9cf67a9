package io.github.cnnevolution.report;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Networks of a space, drawn as a search draws its first generation, and the smallest and largest
 * that the space knows. Always the same draws.
 *
 * @param drawn at random
 * @param ends the smallest and the largest
 */
record SpaceSample(List<Architecture> drawn, List<Architecture> ends) {
  static final int CHROMOSOMES = 2000;

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

  static SpaceSample of(SearchSpace space) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    List<Architecture> drawn = new ArrayList<>();
    for (int i = 0; i < CHROMOSOMES; i++) {
      StringBuilder bits = new StringBuilder();
      while (bits.length() < space.defaultLength()) {
        bits.append(random.nextBoolean() ? '1' : '0');
      }
      drawn.add(space.decode(new Chromosome(bits.toString()), Architecture.CLASSES));
    }
    List<Architecture> ends = new ArrayList<>(space.smallest(Architecture.CLASSES));
    ends.addAll(space.largest(Architecture.CLASSES));
    return new SpaceSample(drawn, ends);
  }

  /** The quantiles of a size by their names, the smallest first. */
  Map<String, Long> of(ToLongFunction<Architecture> size) {
    long[] sorted = drawn.stream().mapToLong(size).sorted().toArray();
    long[] outer = ends.stream().mapToLong(size).sorted().toArray();
    Map<String, Long> values = new LinkedHashMap<>();
    boolean none = outer.length == 0;
    values.put("smallest", none ? sorted[0] : Math.min(sorted[0], outer[0]));
    QUANTILES.forEach((name, q) -> values.put(name, sorted[(int) (q * (sorted.length - 1))]));
    long last = sorted[sorted.length - 1];
    values.put("largest", none ? last : Math.max(last, outer[outer.length - 1]));
    return values;
  }
}
