package io.github.cnnevolution.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Parents with one objective: the fittest win, and the least fit or the oldest leave. */
final class FittestPool implements ParentPool {
  private final SteadyParameters parameters;
  private final TournamentSelection selection;

  /** The oldest first. */
  private final List<Member> members = new ArrayList<>();

  FittestPool(SteadyParameters parameters) {
    this.parameters = parameters;
    this.selection = new TournamentSelection(parameters.tournamentSize());
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty();
  }

  @Override
  public void add(Member member) {
    members.add(member);
    if (members.size() > parameters.populationSize()) {
      members.remove(
          parameters.replacement() == SteadyParameters.Replacement.OLDEST
              ? members.get(0)
              : members.stream()
                  .min(Comparator.comparingDouble(one -> one.individual().fitness()))
                  .orElseThrow());
    }
  }

  @Override
  public Member select(RandomGenerator draws) {
    List<Individual> individuals = members.stream().map(Member::individual).toList();
    return members.get(selection.selectPosition(individuals, draws));
  }
}
