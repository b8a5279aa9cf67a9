package io.github.cnnevolution.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What is subtracted from, and divides, each colour of a pixel scaled to [0, 1].
 *
 * @param mean red, green, blue
 * @param deviation red, green, blue; each above 0
 */
public record Normalization(List<Double> mean, List<Double> deviation) {
  private static final double MAX_VALUE = 255;

  /**
   * Checks and copies the values.
   *
   * @throws IllegalArgumentException if there are not three of each, or a deviation is not positive
   */
  public Normalization {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != ImageSet.CHANNELS || deviation.size() != ImageSet.CHANNELS) {
      throw new IllegalArgumentException(
          "a normalization needs 3 means and 3 deviations, but has %d and %d"
              .formatted(mean.size(), deviation.size()));
    }
    if (!deviation.stream().allMatch(d -> d > 0)) {
      throw new IllegalArgumentException("deviations must be positive, but are " + deviation);
    }
  }

  /**
   * The mean and standard deviation of each colour over all pixels of {@code images}. A colour that
   * never varies gets deviation 1, so that it becomes 0 rather than undefined.
   */
  public static Normalization of(ImageSet images) {
    long[] sum = new long[ImageSet.CHANNELS];
    long[] squares = new long[ImageSet.CHANNELS];
    ByteBuffer pixels = images.pixels();
    int plane = ImageSet.SIDE * ImageSet.SIDE;
    for (int i = 0; pixels.hasRemaining(); i++) {
      int channel = i / plane % ImageSet.CHANNELS;
      int value = pixels.get() & 0xff;
      sum[channel] += value;
      squares[channel] += (long) value * value;
    }
    double count = (double) images.size() * plane;
    Double[] mean = new Double[ImageSet.CHANNELS];
    Double[] deviation = new Double[ImageSet.CHANNELS];
    for (int channel = 0; channel < ImageSet.CHANNELS; channel++) {
      double average = sum[channel] / count;
      double variance = squares[channel] / count - average * average;
      mean[channel] = average / MAX_VALUE;
      deviation[channel] = variance > 0 ? Math.sqrt(variance) / MAX_VALUE : 1.0;
    }
    return new Normalization(
        Collections.unmodifiableList(Arrays.asList(mean)),
        Collections.unmodifiableList(Arrays.asList(deviation)));
  }
}
