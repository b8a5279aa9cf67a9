package io.github.cnnevolution.search;

/**
 * A proposal whose outcome an asynchronous algorithm knows.
 *
 * @param index of the proposal
 * @param individual its chromosome and fitness
 */
record Member(long index, Individual individual) {}
