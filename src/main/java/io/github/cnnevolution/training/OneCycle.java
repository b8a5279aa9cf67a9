package io.github.cnnevolution.training;

/**
 * The one-cycle learning rate: up linearly to a peak, then down linearly to nothing (Smith and
 * Topin 2017, arXiv:1708.07120). High rates in the middle train fast and regularise; the descent to
 * 0 settles the weights, which decides the accuracy of a short training.
 *
 * @param peak the highest rate, above 0
 * @param warmup the fraction of the steps in which the rate rises, in [0, 1)
 * @param steps the length of the training, at least 1
 */
record OneCycle(double peak, double warmup, int steps) {
  OneCycle {
    if (!(peak > 0) || Double.isInfinite(peak)) {
      throw new IllegalArgumentException("the peak learning rate must be above 0, but was " + peak);
    }
    if (!(warmup >= 0 && warmup < 1)) {
      throw new IllegalArgumentException("the warmup must be in [0, 1), but was " + warmup);
    }
    if (steps < 1) {
      throw new IllegalArgumentException("there must be at least 1 step, but there are " + steps);
    }
  }

  /**
   * The rate of step {@code step} in [0, steps). It is above 0 everywhere: the ends lie just
   * outside the training.
   */
  double at(int step) {
    double rise = warmup * steps;
    double position = step + 0.5;
    return position < rise ? peak * position / rise : peak * (steps - position) / (steps - rise);
  }
}
