package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How large networks may be.
 *
 * @param minParameters the fewest trained parameters, if there is a bound
 * @param maxParameters the most
 * @param minFlops the fewest floating-point operations of an image, as {@link Layer#flops} counts
 *     them
 * @param maxFlops the most
 */
public record Bounds(
    OptionalLong minParameters,
    OptionalLong maxParameters,
    OptionalLong minFlops,
    OptionalLong maxFlops) {
  /** No bounds. */
  public static final Bounds NONE =
      new Bounds(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  /** Whether there is none. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** What each bound says, such as {@code at most 5,000,000 parameters}. */
  public List<String> texts() {
    List<String> texts = new ArrayList<>();
    add(texts, "at least %,d parameters", minParameters);
    add(texts, "at most %,d parameters", maxParameters);
    add(texts, "at least %,d flops", minFlops);
    add(texts, "at most %,d flops", maxFlops);
    return texts;
  }

  private static void add(List<String> texts, String format, OptionalLong bound) {
    bound.ifPresent(value -> texts.add(Text.format(format, value)));
  }

  /** Whether a network keeps all of them. */
  public boolean admit(Architecture network) {
    return network.parameters() <= maxParameters.orElse(Long.MAX_VALUE)
        && network.flops() <= maxFlops.orElse(Long.MAX_VALUE)
        && network.parameters() >= minParameters.orElse(0)
        && network.flops() >= minFlops.orElse(0);
  }

  /**
   * A bound that a network breaks.
   *
   * @param option its name, such as {@code max_parameters}
   * @param value of the bound
   * @param what how many of what the network has, such as {@code 11,220,132 parameters}
   */
  public record Violation(String option, long value, String what) {}

  /** The first bound that a network breaks. */
  public Optional<Violation> violation(Architecture network) {
    long parameters = network.parameters();
    long flops = network.flops();
    String ofParameters = Text.format("%,d parameters", parameters);
    String ofFlops = Text.format("%,d flops", flops);
    if (parameters > maxParameters.orElse(Long.MAX_VALUE)) {
      return broken("max_parameters", maxParameters, ofParameters);
    }
    if (flops > maxFlops.orElse(Long.MAX_VALUE)) {
      return broken("max_flops", maxFlops, ofFlops);
    }
    if (parameters < minParameters.orElse(0)) {
      return broken("min_parameters", minParameters, ofParameters);
    }
    if (flops < minFlops.orElse(0)) {
      return broken("min_flops", minFlops, ofFlops);
    }
    return Optional.empty();
  }

  private static Optional<Violation> broken(String option, OptionalLong bound, String what) {
    return Optional.of(new Violation(option, bound.getAsLong(), what));
  }

  /**
   * How far a network is outside, as the sum of the logarithms of the ratios; 0 inside. It says
   * which of two networks is nearer.
   */
  public double distance(Architecture network) {
    return outside(network.parameters(), minParameters, maxParameters)
        + outside(network.flops(), minFlops, maxFlops);
  }

  private static double outside(long value, OptionalLong min, OptionalLong max) {
    double size = Math.max(1, value);
    double below = Math.log((double) min.orElse(1)) - Math.log(size);
    double above = max.isEmpty() ? 0 : Math.log(size) - Math.log((double) max.getAsLong());
    return Math.max(0, below) + Math.max(0, above);
  }
}
