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
   * @param index of the proposal
   * @param random draws of this proposal alone
   * @return empty if every network of the space was proposed
   */
  Optional<Child> next(long index, RandomGenerator random);

  /** Takes the outcome of a proposal. */
  void learn(Member member);
}
