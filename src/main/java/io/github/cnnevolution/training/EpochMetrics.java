package io.github.cnnevolution.training;

/**
 * What an epoch of training showed.
 *
 * @param loss the mean of the training loss over the images, label smoothing included
 * @param accuracy the share of training images classified correctly while training, with dropout
 *     and augmentation
 */
public record EpochMetrics(double loss, double accuracy) {}
