package io.github.cnnevolution.search;

/**
 * A proposal whose outcome an asynchronous algorithm knows.
 *
 * @param individual its chromosome and fitness
 * @param outcome what its evaluation showed
 */
record Member(Individual individual, Outcome outcome) {
  /** Whether it was trained to the end, and did not fail. */
  boolean isWhole() {
    return !individual.failed() && outcome.trainedFraction() == 1;
  }

  /** The index of the proposal. */
  long index() {
    return outcome.proposal();
  }
}
