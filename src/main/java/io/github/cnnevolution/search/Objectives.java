package io.github.cnnevolution.search;

import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The objectives of a search: the accuracy, and up to two more. Their order has no meaning; here it
 * is that of {@link Objective}.
 *
 * @param all each once, the accuracy first
 */
public record Objectives(List<Objective> all) {
  /** The accuracy alone. */
  public static final Objectives ACCURACY = new Objectives(List.of(Objective.ACCURACY));

  private static final int MOST = 3;

  /**
   * Checks and sorts the objectives.
   *
   * @throws IllegalArgumentException if the accuracy is missing, one is there twice, or there are
   *     more than three
   */
  public Objectives {
    Set<Objective> distinct = all.isEmpty() ? EnumSet.noneOf(Objective.class) : EnumSet.copyOf(all);
    if (distinct.size() != all.size()) {
      throw new IllegalArgumentException("names an objective twice");
    }
    if (!distinct.contains(Objective.ACCURACY)) {
      throw new IllegalArgumentException("must have accuracy among them");
    }
    if (distinct.size() > MOST) {
      throw new IllegalArgumentException(
          Text.format("are %d; a search has at most %d", distinct.size(), MOST));
    }
    all = List.copyOf(distinct);
  }

  /**
   * Reads names with commas between them, such as {@code accuracy,flops}.
   *
   * @throws IllegalArgumentException if one is unknown, or they cannot be combined
   */
  public static Objectives parse(String text) {
    return new Objectives(
        Arrays.stream(text.split(",", -1)).map(name -> named(name.strip())).toList());
  }

  private static Objective named(String name) {
    Optional<Objective> known =
        Arrays.stream(Objective.values()).filter(one -> one.text().equals(name)).findFirst();
    return known.orElseThrow(
        () ->
            new IllegalArgumentException(
                Text.format(
                    "'%s' is none of %s",
                    name,
                    Arrays.stream(Objective.values())
                        .map(Objective::text)
                        .collect(Collectors.joining(", ")))));
  }

  /** The names, as {@link #parse} reads them. */
  public String text() {
    return all.stream().map(Objective::text).collect(Collectors.joining(","));
  }

  /** Whether there is more than the accuracy. */
  public boolean areSeveral() {
    return all.size() > 1;
  }

  /** The values of a network, such that less is better; see {@link Objective#minimised}. */
  public double[] point(double fitness, long parameters, long flops, Map<String, Double> measured) {
    return all.stream()
        .mapToDouble(one -> one.minimised(fitness, parameters, flops, measured))
        .toArray();
  }

  /** The values of an outcome. */
  double[] point(Outcome outcome, NetworkFacts facts) {
    return point(outcome.fitness(), facts.parameters(), facts.flops(), outcome.objectives());
  }
}
