package io.github.cnnevolution.search;

import java.util.HashMap;
import java.util.Map;

/**
 * Estimates the fitness after a whole training from that after a part of it: by the least-squares
 * line through the networks of which both are known. That only the best go on does not bend the
 * line, since who goes on is chosen by the part.
 */
final class PartEstimate {
  /** Fewer points say nothing about the slope. */
  private static final int FEWEST = 3;

  private static final double LEAST_VARIANCE = 1e-9;

  private final Map<String, Double> parts = new HashMap<>();
  private int count;
  private double sumPart;
  private double sumWhole;
  private double sumSquares;
  private double sumProducts;

  void notePart(String network, double fitness) {
    parts.put(network, fitness);
  }

  void noteWhole(String network, double fitness) {
    Double part = parts.get(network);
    if (part != null) {
      count++;
      sumPart += part;
      sumWhole += fitness;
      sumSquares += part * part;
      sumProducts += part * fitness;
    }
  }

  /** What is expected after the whole training; the same as after the part if nothing is known. */
  double whole(double part) {
    if (count == 0) {
      return part;
    }
    double meanPart = sumPart / count;
    double meanWhole = sumWhole / count;
    double variance = sumSquares / count - meanPart * meanPart;
    double covariance = sumProducts / count - meanPart * meanWhole;
    double slope =
        count < FEWEST ? 1 : variance < LEAST_VARIANCE ? 0 : Math.max(0, covariance / variance);
    return meanWhole + slope * (part - meanPart);
  }
}
