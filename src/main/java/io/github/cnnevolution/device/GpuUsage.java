package io.github.cnnevolution.device;

/**
 * The utilisation and memory use of a GPU since its monitor started. Immutable; each sample makes a
 * new object, so memory use does not grow with time.
 *
 * @param gpu the index of the GPU, as CUDA and {@code --gpus} count
 * @param samples the number of samples
 * @param utilisation the latest utilisation, in percent
 * @param utilisationSum the sum of the utilisation over all samples, in percent
 * @param peakUtilisation the highest sampled utilisation, in percent
 * @param memory the latest memory use of all processes together, in bytes
 * @param peakMemory the highest sampled memory use, in bytes; a short peak between two samples is
 *     missed
 */
public record GpuUsage(
    int gpu,
    long samples,
    int utilisation,
    long utilisationSum,
    int peakUtilisation,
    long memory,
    long peakMemory) {
  /** Returns the usage of a GPU without any sample. */
  public static GpuUsage none(int gpu) {
    return new GpuUsage(gpu, 0, 0, 0, 0, 0, 0);
  }

  /**
   * Returns this usage with one more sample.
   *
   * @param percent the utilisation, in percent
   * @param bytes the memory use
   */
  public GpuUsage with(int percent, long bytes) {
    return new GpuUsage(
        gpu,
        samples + 1,
        percent,
        utilisationSum + percent,
        Math.max(peakUtilisation, percent),
        bytes,
        Math.max(peakMemory, bytes));
  }

  /** Returns the mean utilisation over all samples, in percent; 0 without a sample. */
  public double meanUtilisation() {
    return samples == 0 ? 0 : (double) utilisationSum / samples;
  }

  /**
   * Returns the mean utilisation over the samples since an earlier usage of the same GPU, in
   * percent. Without a sample since then, returns the latest sample.
   */
  public double meanUtilisationSince(GpuUsage earlier) {
    long count = samples - earlier.samples;
    return count == 0 ? utilisation : (double) (utilisationSum - earlier.utilisationSum) / count;
  }
}
