package io.github.cnnevolution.engine;

/**
 * Where the results of a generation came from.
 *
 * @param trained candidates that this process trained to the end
 * @param saved candidates whose network had been submitted before in this process
 * @param stored candidates whose network was found in a store
 * @param stopped candidates that were stopped after a part of their training
 * @param tooSlow candidates whose latency is above the bound, which are no failures
 * @param seconds wall time
 */
public record GenerationCounts(
    long trained, long saved, long stored, long stopped, long tooSlow, double seconds) {
  /** Counts of a generation in which nothing was stopped early or too slow. */
  public GenerationCounts(long trained, long saved, long stored, double seconds) {
    this(trained, saved, stored, 0, 0, seconds);
  }
}
