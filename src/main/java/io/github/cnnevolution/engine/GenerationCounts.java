package io.github.cnnevolution.engine;

/**
 * Where the results of a generation came from.
 *
 * @param trained candidates that this process trained to the end
 * @param saved candidates whose network had been asked for before in this process
 * @param stored candidates whose network was found in a store
 * @param seconds wall time
 */
public record GenerationCounts(long trained, long saved, long stored, double seconds) {}
