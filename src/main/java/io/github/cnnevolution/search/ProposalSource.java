package io.github.cnnevolution.search;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What an asynchronous search proposes. It is asked and told in the order of virtual time, so that
 * it need not care for the order in which results arrive.
 */
interface ProposalSource {
  /**
   * Makes the next proposal, whose network was never proposed before.
   *
   * @param index counts the networks from 0
   * @param random draws of this network alone
   * @return empty if every network of the space was proposed
   */
  Optional<Child> next(long index, RandomGenerator random);

  /** Takes the outcome of a whole training, or of one that failed. */
  void learn(Member member);

  /**
   * Takes the outcome of a part of a training, which makes nobody a parent or the best.
   *
   * @param stopped whether the training ends there; if not, the whole is learned later
   */
  default void learnPart(Member member, boolean stopped) {}
}
