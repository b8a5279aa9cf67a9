package io.github.cnnevolution.training;

import io.github.cnnevolution.device.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Muon: the momentum of each convolution is made orthogonal before it is added to the weights
 * (Jordan et al. 2024, kellerjordan.github.io/posts/muon; Liu et al. 2025, arXiv:2502.16982). All
 * directions then learn at the same rate, not only the few that dominate the gradient. Linear
 * layers, biases and normalisations are updated by Adam (Kingma and Ba 2015, arXiv:1412.6980).
 *
 * @param momentum in (0, 1)
 * @param iterations of the Newton-Schulz iteration that makes a matrix orthogonal; at least 1
 * @param blockRows the most rows of a matrix, at least 1: weights with more output channels are cut
 *     into blocks of rows, each made orthogonal on its own, which takes less time (Khaled et al.
 *     2025, arXiv:2510.16981)
 * @param otherRate the learning rate of Adam, as a fraction of that of convolutions; above 0
 * @param beta1 decay of the mean of gradients in Adam, in (0, 1)
 * @param beta2 decay of the mean of their squares, in (0, 1)
 */
public record MuonSettings(
    double momentum, int iterations, int blockRows, double otherRate, double beta1, double beta2)
    implements OptimizerSettings {
  /** The name of this optimizer. */
  public static final String NAME = "muon";

  /** The default hyperparameters, found by measurement: see src/docs/benchmarks.md. */
  public static final MuonSettings DEFAULT = new MuonSettings(0.6, 3, 128, 0.03, 0.9, 0.95);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is outside the range given above
   */
  public MuonSettings {
    requireFraction("momentum", momentum);
    requireFraction("beta1", beta1);
    requireFraction("beta2", beta2);
    requireAtLeastOne("iterations", iterations);
    requireAtLeastOne("block rows", blockRows);
    if (!(otherRate > 0 && otherRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the other rate must be above 0, but was " + otherRate);
    }
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but was " + value);
    }
  }

  private static void requireFraction(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in (0, 1), but was " + value);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> hyperparameters() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("momentum", momentum);
    values.put("iterations", iterations);
    values.put("block_rows", blockRows);
    values.put("other_rate", otherRate);
    values.put("beta1", beta1);
    values.put("beta2", beta2);
    return values;
  }

  /** Two for what Adam updates, one for convolutions. */
  @Override
  public int statesPerWeight() {
    return 2;
  }

  @Override
  public Optimizer create(List<ParameterGroup> groups, Precision precision) {
    return new Muon(groups, this, precision);
  }
}
