package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The normalisation of pixels: each channel, scaled to [0, 1], is reduced by {@code mean} and
 * divided by {@code std}.
 *
 * @param mean the means of red, green and blue
 * @param std the standard deviations of red, green and blue, each above 0
 */
public record Normalization(List<Double> mean, List<Double> std) {
  private static final double MAX_VALUE = 255;

  /**
   * Checks and copies the values.
   *
   * @throws IllegalArgumentException if there are not three means and three standard deviations, or
   *     a standard deviation is not positive
   */
  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != ImageSet.CHANNELS || std.size() != ImageSet.CHANNELS) {
      throw new IllegalArgumentException(
          Text.format(
              "a normalization needs 3 means and 3 standard deviations, but has %d and %d",
              mean.size(), std.size()));
    }
    if (!std.stream().allMatch(d -> d > 0)) {
      throw new IllegalArgumentException("standard deviations must be positive, but are " + std);
    }
  }

  /**
   * Computes the mean and standard deviation of each channel over all pixels of {@code images}. A
   * constant channel gets std 1, so its normalised value is 0 and not undefined.
   */
  public static Normalization of(ImageSet images) {
    long[] sum = new long[ImageSet.CHANNELS];
    long[] squares = new long[ImageSet.CHANNELS];
    byte[] pixels = new byte[ImageSet.PIXELS];
    int plane = ImageSet.SIDE * ImageSet.SIDE;
    for (int image = 0; image < images.size(); image++) {
      images.copy(image, pixels);
      for (int i = 0; i < pixels.length; i++) {
        int channel = i / plane;
        int value = pixels[i] & 0xff;
        sum[channel] += value;
        squares[channel] += (long) value * value;
      }
    }
    double count = (double) images.size() * plane;
    Double[] mean = new Double[ImageSet.CHANNELS];
    Double[] std = new Double[ImageSet.CHANNELS];
    for (int channel = 0; channel < ImageSet.CHANNELS; channel++) {
      double average = sum[channel] / count;
      double variance = squares[channel] / count - average * average;
      mean[channel] = average / MAX_VALUE;
      std[channel] = variance > 0 ? Math.sqrt(variance) / MAX_VALUE : 1.0;
    }
    return new Normalization(
        Collections.unmodifiableList(Arrays.asList(mean)),
        Collections.unmodifiableList(Arrays.asList(std)));
  }
}
