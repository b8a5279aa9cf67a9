package io.github.cnnevolution.training;

import io.github.cnnevolution.text.Text;

/** The loss of a training is no longer a finite number, so that going on is useless. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DivergedException(double loss, int epoch) {
    super(Text.format("diverged: the loss is %s in epoch %d", loss, epoch));
  }
}
