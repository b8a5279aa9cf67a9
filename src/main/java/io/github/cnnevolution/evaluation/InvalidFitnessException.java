package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.text.Text;

/** A fitness function gave a number that cannot be a fitness, or none. */
final class InvalidFitnessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private InvalidFitnessException(String message, Throwable cause) {
    super(message, cause);
  }

  static InvalidFitnessException of(FitnessFunction function, double value) {
    return new InvalidFitnessException(
        Text.format(
            "fitness %s is %s; it must be finite and above %.0f",
            function.name(), value, Fitness.FAILED),
        null);
  }

  static InvalidFitnessException of(FitnessFunction function, RuntimeException thrown) {
    return new InvalidFitnessException(
        Text.format("fitness %s: %s", function.name(), FailureReason.line(thrown)), thrown);
  }
}
