package io.github.cnnevolution.training;

import java.util.OptionalDouble;

/**
 * What an epoch of training showed.
 *
 * @param loss the mean of the training loss over the images, label smoothing included
 * @param accuracy the fraction of training images classified correctly while training, with dropout
 *     and augmentation
 * @param validation the fraction of validation images classified correctly after it, if that was
 *     measured between the epochs
 */
public record EpochMetrics(double loss, double accuracy, OptionalDouble validation) {
  /** An epoch after which nothing was measured. */
  public EpochMetrics(double loss, double accuracy) {
    this(loss, accuracy, OptionalDouble.empty());
  }

  /** Returns these metrics with a validation accuracy. */
  EpochMetrics validated(double fraction) {
    return new EpochMetrics(loss, accuracy, OptionalDouble.of(fraction));
  }
}
