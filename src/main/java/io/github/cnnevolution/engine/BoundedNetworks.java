package io.github.cnnevolution.engine;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Looks for a network that keeps bounds, always with the same draws: among the smallest, then at
 * random, then by single bits towards the bounds from the nearest that were found.
 */
public final class BoundedNetworks {
  private static final String GENERATOR = "L64X128MixRandom";
  private static final int DRAWS = 2000;
  private static final int WALKS = 20;

  private final SearchSpace space;
  private final Bounds bounds;
  private final int classes;

  /**
   * Looks into a space.
   *
   * @throws SettingException if a lower bound is above the upper one
   */
  public BoundedNetworks(SearchSpace space, Bounds bounds, int classes) {
    checkOrder(bounds);
    this.space = space;
    this.bounds = bounds;
    this.classes = classes;
  }

  /** Refuses a lower bound above the upper one. */
  static void checkOrder(Bounds bounds) {
    checkOrder("parameters", bounds.minParameters(), bounds.maxParameters());
    checkOrder("flops", bounds.minFlops(), bounds.maxFlops());
  }

  private static void checkOrder(String what, OptionalLong min, OptionalLong max) {
    if (min.isPresent() && max.isPresent() && min.getAsLong() > max.getAsLong()) {
      throw new SettingException(
          "min_" + what,
          min.getAsLong(),
          Text.format("is above {max_%s} %d; no network has both", what, max.getAsLong()));
    }
  }

  /**
   * A chromosome whose network keeps the bounds.
   *
   * @param length bits of the chromosome
   * @throws SettingException if there is none; the message names the smallest network
   */
  public Chromosome any(int length) {
    List<Architecture> smallest = space.smallest(classes);
    for (Architecture network : smallest) {
      Optional<Chromosome> chromosome = space.encode(network.phenotype(), length);
      if (chromosome.isPresent() && bounds.admit(network)) {
        return chromosome.get();
      }
    }
    refuse(smallest);
    RandomGenerator random = RandomGeneratorFactory.of(GENERATOR).create(1);
    List<Near> near = new ArrayList<>();
    smallest.forEach(
        network -> space.encode(network.phenotype(), length).ifPresent(c -> near.add(near(c))));
    for (int i = 0; i < DRAWS; i++) {
      Near drawn = near(Chromosome.random(length, random));
      if (drawn.distance == 0) {
        return drawn.chromosome;
      }
      near.add(drawn);
    }
    near.sort(Comparator.comparingDouble(Near::distance));
    for (Near start : near.subList(0, Math.min(WALKS, near.size()))) {
      Near end = walk(start);
      if (end.distance == 0) {
        return end.chromosome;
      }
    }
    throw none(smallest);
  }

  private record Near(Chromosome chromosome, double distance) {}

  private Near near(Chromosome chromosome) {
    return new Near(chromosome, bounds.distance(space.decode(chromosome, classes)));
  }

  private Near walk(Near start) {
    Near best = start;
    boolean nearer = true;
    while (nearer && best.distance > 0) {
      Near from = best;
      for (int bit = 0; bit < from.chromosome.length(); bit++) {
        Near next = near(from.chromosome.flip(bit));
        best = next.distance < best.distance ? next : best;
      }
      nearer = best.distance < from.distance;
    }
    return best;
  }

  /** Refuses a bound below the smallest network. */
  private void refuse(List<Architecture> smallest) {
    refuse(
        smallest, "max_parameters", bounds.maxParameters(), Architecture::parameters, "parameters");
    refuse(smallest, "max_flops", bounds.maxFlops(), Architecture::flops, "flops");
  }

  private void refuse(
      List<Architecture> smallest,
      String option,
      OptionalLong bound,
      ToLongFunction<Architecture> size,
      String what) {
    Optional<Architecture> least = smallest.stream().min(Comparator.comparingLong(size));
    if (least.isPresent() && size.applyAsLong(least.get()) > bound.orElse(Long.MAX_VALUE)) {
      throw new SettingException(
          option,
          bound.getAsLong(),
          Text.format(
              "no network of the space %s is so small; the smallest is %s with %,d %s",
              space.name(), least.get().phenotype(), size.applyAsLong(least.get()), what));
    }
  }

  private SettingException none(List<Architecture> smallest) {
    Optional<Architecture> least = smallest.stream().findFirst();
    String option =
        bounds.minParameters().isPresent()
            ? "min_parameters"
            : bounds.minFlops().isPresent()
                ? "min_flops"
                : bounds.maxParameters().isPresent() ? "max_parameters" : "max_flops";
    OptionalLong value =
        switch (option) {
          case "min_parameters" -> bounds.minParameters();
          case "min_flops" -> bounds.minFlops();
          case "max_parameters" -> bounds.maxParameters();
          default -> bounds.maxFlops();
        };
    return new SettingException(
        option,
        value.getAsLong(),
        Text.format(
            "no network of the space %s was found that keeps all bounds%s; change them",
            space.name(),
            least
                .map(
                    network ->
                        Text.format(
                            ", the smallest is %s with %,d parameters and %,d flops",
                            network.phenotype(), network.parameters(), network.flops()))
                .orElse("")));
  }
}
