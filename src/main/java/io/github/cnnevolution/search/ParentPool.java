package io.github.cnnevolution.search;

import java.util.random.RandomGenerator;

/** The parents of a search, of which each new one replaces another once there are enough. */
interface ParentPool {
  boolean isEmpty();

  /** Takes a new parent; one leaves if there are too many, perhaps the new one. */
  void add(Member member);

  /** Selects a parent by a tournament. */
  Member select(RandomGenerator draws);
}
