package io.github.cnnevolution.training;

import io.github.cnnevolution.network.NamedTensor;
import java.util.List;

/**
 * Computes new weights from gradients. Owns the state that it keeps between steps. Not thread-safe:
 * one instance belongs to one training.
 */
public interface Optimizer extends AutoCloseable {
  /** Returns the parameters that it updates, with their states. */
  List<OptimizerGroup> groups();

  /**
   * Returns all state that the next step depends on, for checkpoints: the states of the groups and
   * what else there is, such as a count of steps. Names are unique, and do not change between
   * versions. References.
   */
  List<NamedTensor> state();

  /**
   * Whether each new weight depends on nothing but this weight, its gradient and its states.
   * Weights may then be updated in pieces, in any order.
   */
  boolean isElementwise();

  /**
   * Begins a step, before the first {@link #update} of it; to count steps, for instance. Called
   * without gradient mode, in a scope.
   */
  default void begin(StepScalars scalars) {}

  /**
   * Updates all parameters of one of the {@link #groups} with their present gradients. Called for
   * each of them in each step, unless weights are updated in pieces; in the circumstances of {@link
   * #update(OptimizerGroup.Portion, StepScalars)}.
   */
  default void update(OptimizerGroup group, StepScalars scalars) {
    update(group.portion(), scalars);
  }

  /**
   * Updates parameters and their states in place. In each step, every parameter is in exactly one
   * portion. Called without gradient mode, in a scope. On a GPU it must neither wait for the device
   * nor draw random numbers, so that a step can be recorded.
   */
  void update(OptimizerGroup.Portion portion, StepScalars scalars);

  @Override
  void close();
}
