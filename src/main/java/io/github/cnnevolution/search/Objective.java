package io.github.cnnevolution.search;

import java.util.Locale;
import java.util.Map;

/** What a search can improve. */
public enum Objective {
  /** The fitness, which is the validation accuracy unless a program brings its own; to be high. */
  ACCURACY,
  /** Trained weights; to be few. */
  PARAMETERS,
  /** Floating-point operations of an image; to be few. */
  FLOPS,
  /** Seconds of a forward pass of one image on the device; to be few. */
  LATENCY;

  /** The name as an option has it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the value of a network, such that less is better.
   *
   * @param fitness of the network
   * @param measured what its evaluation has measured, by name
   * @throws IllegalArgumentException if the latency is asked for and was not measured
   */
  public double minimised(
      double fitness, long parameters, long flops, Map<String, Double> measured) {
    return switch (this) {
      case ACCURACY -> -fitness;
      case PARAMETERS -> parameters;
      case FLOPS -> flops;
      case LATENCY -> {
        Double latency = measured.get(text());
        if (latency == null) {
          throw new IllegalArgumentException("the latency is an objective, but was not measured");
        }
        yield latency;
      }
    };
  }
}
