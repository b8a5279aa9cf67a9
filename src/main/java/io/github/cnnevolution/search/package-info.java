/**
 * Search algorithms and their operators: which chromosomes are worth an evaluation.
 *
 * <p>{@link io.github.cnnevolution.search.SearchAlgorithm} is the place to start: an algorithm is
 * asked for proposals and told their outcomes, and never evaluates anything itself. {@link
 * io.github.cnnevolution.search.GeneticAlgorithm} is one, {@link
 * io.github.cnnevolution.search.AsynchronousSearch} are those without generations. Pure Java that
 * imports {@code space} alone. Given equal settings and equal outcomes, the same history follows,
 * on every machine.
 */
package io.github.cnnevolution.search;
