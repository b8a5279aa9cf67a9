package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A steady-state genetic algorithm (Syswerda 1991, "A Study of Reproduction in Generational and
 * Steady-State Genetic Algorithms"): each individual that has been evaluated enters the population,
 * and one leaves it. Failures and trainings that were stopped early never enter. Children whose
 * networks are known are bred again.
 */
final class SteadySource implements ProposalSource {
  private final int populationSize;
  private final ParentPool population;
  private final Optional<SurrogateChoice> surrogate;
  private final FreshChildren children;

  SteadySource(
      SteadyParameters parameters,
      Objectives objectives,
      List<Chromosome> given,
      FreshNetworks fresh) {
    this.populationSize = parameters.populationSize();
    this.population =
        objectives.areSeveral()
            ? new ParetoPool(objectives, fresh::facts, populationSize, parameters.tournamentSize())
            : new FittestPool(parameters);
    this.surrogate =
        parameters.surrogate()
            ? Optional.of(new SurrogateChoice(fresh, objectives))
            : Optional.empty();
    ChildBreeding breeding =
        new ChildBreeding(
            new OnePointCrossover(parameters.crossoverRate()),
            new BitFlipMutation(parameters.mutationRate()));
    this.children = new FreshChildren(given, fresh, breeding, population, surrogate);
  }

  @Override
  public Optional<Child> next(long index, RandomGenerator draws) {
    return children.next(index, index >= populationSize, draws);
  }

  @Override
  public void learnPart(Member member, boolean stopped) {
    surrogate.ifPresent(model -> model.learnPart(member, stopped));
  }

  @Override
  public void learn(Member member) {
    surrogate.ifPresent(model -> model.learn(member));
    if (member.isWhole()) {
      population.add(member);
    }
  }
}
