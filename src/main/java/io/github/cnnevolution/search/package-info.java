/**
 * The genetic algorithm: from a random population to the best chromosome that was found.
 *
 * <p>{@link io.github.cnnevolution.search.Evolution} runs it, and is the place to start. Pure Java
 * that imports {@code genome} alone: how good a chromosome is arrives as a number from a {@link
 * io.github.cnnevolution.search.PopulationEvaluator}. Given the same seed and the same fitness, the
 * same history follows, on every machine.
 */
package io.github.cnnevolution.search;
