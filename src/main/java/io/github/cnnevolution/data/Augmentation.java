package io.github.cnnevolution.data;

/**
 * What a long training does to its images beside random crops and flips, against overfitting.
 *
 * @param cutout the side of a square that is erased from each image, in pixels, its centre anywhere
 *     in the image (DeVries and Taylor 2017, arXiv:1708.04552); 0: none
 * @param mixup the parameter alpha of the Beta(alpha, alpha) distribution from which the share of
 *     another image is drawn that is mixed into each (Zhang et al. 2018, arXiv:1710.09412); 0: none
 */
public record Augmentation(int cutout, double mixup) {
  /** Crops and flips alone. */
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
          "cutout must be from 0 to %d pixels, but was %d".formatted(ImageSet.SIDE, cutout));
    }
    if (!(mixup >= 0 && mixup <= 100)) {
      throw new IllegalArgumentException("mixup must be in [0, 100], but was " + mixup);
    }
  }
}
