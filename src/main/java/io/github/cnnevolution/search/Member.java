package io.github.cnnevolution.search;

/**
 * A proposal whose outcome an asynchronous algorithm knows.
 *
 * @param individual its chromosome and fitness
 * @param outcome what its evaluation showed
 */
record Member(Individual individual, Outcome outcome) {
  /** The index of the proposal. */
  long index() {
    return outcome.proposal();
  }
}
