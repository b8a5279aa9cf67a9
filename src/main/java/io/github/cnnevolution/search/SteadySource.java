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
  /** After as many children of known networks a random one is proposed. */
  private static final int ATTEMPTS = 100;

  private final int populationSize;
  private final RandomSource random;
  private final FreshNetworks fresh;
  private final ChildBreeding breeding;
  private final ParentPool population;
  private final Optional<SurrogateChoice> surrogate;

  SteadySource(
      SteadyParameters parameters,
      Objectives objectives,
      List<Chromosome> given,
      FreshNetworks fresh) {
    this.populationSize = parameters.populationSize();
    this.random = new RandomSource(given, fresh);
    this.fresh = fresh;
    this.breeding =
        new ChildBreeding(
            new OnePointCrossover(parameters.crossoverRate()),
            new BitFlipMutation(parameters.mutationRate()));
    this.population =
        objectives.areSeveral()
            ? new ParetoPool(objectives, fresh::facts, populationSize, parameters.tournamentSize())
            : new FittestPool(parameters);
    this.surrogate =
        parameters.surrogate()
            ? Optional.of(new SurrogateChoice(fresh, objectives))
            : Optional.empty();
  }

  @Override
  public Optional<Child> next(long index, RandomGenerator draws) {
    Optional<Child> given = random.nextGiven();
    if (given.isPresent()) {
      return given;
    }
    if (surrogate.isPresent()) {
      boolean first = index < populationSize;
      return surrogate.get().next(any -> first ? Optional.empty() : breed(any), draws);
    }
    for (int i = 0; index >= populationSize && i < ATTEMPTS; i++) {
      Optional<Child> child = breed(draws).filter(one -> fresh.isFresh(one.chromosome()));
      if (child.isPresent()) {
        fresh.propose(child.get().chromosome());
        return child;
      }
    }
    return random.next(index, draws);
  }

  /** A child of the population; empty if there is none. */
  private Optional<Child> breed(RandomGenerator draws) {
    if (population.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(breeding.breed(() -> population.select(draws), draws));
  }

  @Override
  public void learnPart(Member member, boolean stopped) {
    surrogate.ifPresent(model -> model.learnPart(member, stopped));
  }

  @Override
  public void learn(Member member) {
    surrogate.ifPresent(model -> model.learn(member));
    if (!member.individual().failed() && member.outcome().trainedFraction() == 1) {
      population.add(member);
    }
  }
}
