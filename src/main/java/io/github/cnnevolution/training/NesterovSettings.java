package io.github.cnnevolution.training;

import io.github.cnnevolution.device.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with Nesterov momentum, the default optimizer.
 *
 * @param momentum in (0, 1)
 * @param weightDecay added to the gradient times the weight, for weights of convolutions and linear
 *     layers alone; at least 0
 */
public record NesterovSettings(double momentum, double weightDecay) implements OptimizerSettings {
  /** The name of this optimizer. */
  public static final String NAME = "nesterov_sgd";

  /** The default hyperparameters, found by measurement: see src/docs/benchmarks.md. */
  public static final NesterovSettings DEFAULT = new NesterovSettings(0.9, 5e-4);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is outside the range given above
   */
  public NesterovSettings {
    if (!(momentum > 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in (0, 1), but was " + momentum);
    }
    if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight decay must be at least 0, but was " + weightDecay);
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
    values.put("weight_decay", weightDecay);
    return values;
  }

  @Override
  public int statesPerWeight() {
    return 1;
  }

  @Override
  public Optimizer create(List<ParameterGroup> groups, Precision precision) {
    return new NesterovSgd(groups, momentum, weightDecay);
  }
}
