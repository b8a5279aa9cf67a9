package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;

/**
 * The augmentation of a long training in addition to random crops and flips. It reduces
 * overfitting.
 *
 * @param cutout the side of the square that is erased from each image, in pixels; its centre is a
 *     random pixel of the image (DeVries and Taylor 2017, arXiv:1708.04552). 0 disables cutout
 * @param mixup the parameter alpha of mixup: each image is mixed with another one, whose fraction
 *     is drawn from Beta(alpha, alpha) (Zhang et al. 2018, arXiv:1710.09412). 0 disables mixup
 */
public record Augmentation(int cutout, double mixup) {
  /** Only crops and flips. */
  public static final Augmentation NONE = new Augmentation(0, 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the square is larger than an image, or alpha is outside [0,
   *     100]
   */
  public Augmentation {
    if (cutout < 0 || cutout > ImageSet.SIDE) {
      throw new IllegalArgumentException(
          Text.format("cutout must be from 0 to %d pixels, but was %d", ImageSet.SIDE, cutout));
    }
    if (!(mixup >= 0 && mixup <= 100)) {
      throw new IllegalArgumentException("mixup must be in [0, 100], but was " + mixup);
    }
  }
}
