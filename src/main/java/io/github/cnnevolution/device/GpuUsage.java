package io.github.cnnevolution.device;

/**
 * How busy and how full a GPU has been since its monitor started. Immutable; a sample makes a new
 * one, so that memory does not grow with time.
 *
 * @param gpu its index, as CUDA and {@code --gpus} count
 * @param samples the number of samples
 * @param utilisation the latest, in percent
 * @param utilisationSum the sum over the samples, in percent
 * @param peakUtilisation the highest sample, in percent
 * @param memory the latest amount that all processes have taken, in bytes
 * @param peakMemory the highest amount sampled, in bytes; what comes and goes between two samples
 *     is not seen
 */
public record GpuUsage(
    int gpu,
    long samples,
    int utilisation,
    long utilisationSum,
    int peakUtilisation,
    long memory,
    long peakMemory) {
  /** A GPU that has not been looked at. */
  public static GpuUsage none(int gpu) {
    return new GpuUsage(gpu, 0, 0, 0, 0, 0, 0);
  }

  /**
   * With one more sample.
   *
   * @param percent the utilisation
   * @param bytes the memory taken
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

  /** The mean utilisation over all samples, in percent; 0 without a sample. */
  public double meanUtilisation() {
    return samples == 0 ? 0 : (double) utilisationSum / samples;
  }

  /**
   * The mean utilisation over the samples after an earlier state of the same GPU, in percent; the
   * latest sample if there is none.
   */
  public double meanUtilisationSince(GpuUsage earlier) {
    long count = samples - earlier.samples;
    return count == 0 ? utilisation : (double) (utilisationSum - earlier.utilisationSum) / count;
  }
}
