package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A steady-state genetic algorithm (Syswerda 1991, "A Study of Reproduction in Generational and
 * Steady-State Genetic Algorithms"): each individual that has been evaluated enters the population,
 * and one leaves it. Failures never enter. Children whose networks are known are bred again.
 */
final class SteadySource implements ProposalSource {
  /** After as many children of known networks a random one is proposed. */
  private static final int ATTEMPTS = 100;

  private final SteadyParameters parameters;
  private final RandomSource random;
  private final FreshNetworks fresh;
  private final TournamentSelection selection;
  private final OnePointCrossover crossover;
  private final BitFlipMutation mutation;
  private final Optional<SurrogateChoice> surrogate;

  /** The oldest first. */
  private final List<Member> population = new ArrayList<>();

  SteadySource(SteadyParameters parameters, List<Chromosome> given, FreshNetworks fresh) {
    this.parameters = parameters;
    this.random = new RandomSource(given, fresh);
    this.fresh = fresh;
    this.selection = new TournamentSelection(parameters.tournamentSize());
    this.crossover = new OnePointCrossover(parameters.crossoverRate());
    this.mutation = new BitFlipMutation(parameters.mutationRate());
    this.surrogate =
        parameters.surrogate() ? Optional.of(new SurrogateChoice(fresh)) : Optional.empty();
  }

  @Override
  public Optional<Child> next(long index, RandomGenerator draws) {
    Optional<Child> given = random.nextGiven();
    if (given.isPresent()) {
      return given;
    }
    if (surrogate.isPresent()) {
      boolean first = index < parameters.populationSize();
      return surrogate.get().next(any -> first ? Optional.empty() : breed(any), draws);
    }
    for (int i = 0; index >= parameters.populationSize() && i < ATTEMPTS; i++) {
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
    List<Individual> parents = population.stream().map(Member::individual).toList();
    Member first = population.get(selection.selectPosition(parents, draws));
    boolean recombined = crossover.isDrawn(draws);
    Member second = recombined ? population.get(selection.selectPosition(parents, draws)) : first;
    Chromosome child =
        recombined
            ? crossover
                .recombine(first.individual().chromosome(), second.individual().chromosome(), draws)
                .get(0)
            : first.individual().chromosome();
    Chromosome mutant = mutation.mutate(child, draws);
    return Optional.of(
        new Child(
            mutant,
            Operators.of(recombined, !mutant.equals(child)),
            recombined ? List.of(first.index(), second.index()) : List.of(first.index())));
  }

  @Override
  public void learnPart(Member member, boolean stopped) {
    surrogate.ifPresent(model -> model.learnPart(member, stopped));
  }

  @Override
  public void learn(Member member) {
    surrogate.ifPresent(model -> model.learn(member));
    if (member.individual().failed()) {
      return;
    }
    population.add(member);
    if (population.size() > parameters.populationSize()) {
      population.remove(
          parameters.replacement() == SteadyParameters.Replacement.OLDEST
              ? population.get(0)
              : population.stream()
                  .min(Comparator.comparingDouble(one -> one.individual().fitness()))
                  .orElseThrow());
    }
  }
}
