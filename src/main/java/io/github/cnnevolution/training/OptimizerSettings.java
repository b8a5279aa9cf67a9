package io.github.cnnevolution.training;

import io.github.cnnevolution.device.Precision;
import java.util.List;
import java.util.Map;

/**
 * Which optimizer a recipe uses, and its hyperparameters. Immutable, with value equality: a record.
 */
public interface OptimizerSettings {
  /** Returns the name of the optimizer, such as {@code nesterov_sgd}. */
  String name();

  /**
   * Returns the hyperparameters by name, in an order that never changes. Together with the name
   * they identify the optimizer: equal ones give the same weights.
   */
  Map<String, Object> hyperparameters();

  /** Returns how many float32 numbers the optimizer keeps for each weight at most. */
  int statesPerWeight();

  /**
   * Makes the optimizer of one training.
   *
   * @param groups the parameters; owned by the caller, who keeps them open
   * @param precision of the training, in which an optimizer may compute matrix products
   */
  Optimizer create(List<ParameterGroup> groups, Precision precision);
}
