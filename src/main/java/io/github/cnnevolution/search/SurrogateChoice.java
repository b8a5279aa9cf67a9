package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Lets a model choose each proposal among many that were bred or drawn. Before anything is known
 * the model knows the sizes of the networks alone.
 */
final class SurrogateChoice {
  /** Among how many children the model chooses. */
  private static final int POOL = 100;

  /** Children of networks that are known are not counted; there is an end to trying. */
  private static final int ATTEMPTS = 3 * POOL;

  /** So many of them are drawn at random, so that a population cannot lock the search in. */
  private static final double RANDOM_SHARE = 0.1;

  private final FreshNetworks fresh;
  private final Surrogate model;

  /** Which draws are wanted most, if there are several objectives. */
  private final Optional<FrontRule> front;

  SurrogateChoice(FreshNetworks fresh, Objectives objectives) {
    SizeScale scale = SizeScale.of(fresh.candidates());
    this.fresh = fresh;
    this.model = new Surrogate(scale);
    this.front =
        objectives.areSeveral() ? Optional.of(new FrontRule(scale, objectives)) : Optional.empty();
  }

  /** The child that the model would like to see evaluated; empty if all networks are known. */
  Optional<Child> next(
      Function<RandomGenerator, Optional<Child>> breeding, RandomGenerator random) {
    Map<String, Child> pool = new LinkedHashMap<>();
    List<NetworkFacts> facts = new ArrayList<>();
    for (int i = 0; i < ATTEMPTS && pool.size() < POOL; i++) {
      Optional<Child> bred =
          random.nextDouble() < RANDOM_SHARE ? Optional.empty() : breeding.apply(random);
      Child child = bred.orElseGet(() -> Child.random(fresh.random(random)));
      NetworkFacts known = fresh.facts(child.chromosome());
      if (fresh.isFresh(child.chromosome()) && pool.putIfAbsent(known.network(), child) == null) {
        facts.add(known);
      }
    }
    Optional<Child> chosen;
    if (facts.isEmpty()) {
      chosen = fresh.draw(random).map(Child::random);
    } else {
      Surrogate.Choice choice = choose(facts, random);
      Child child = pool.get(facts.get(choice.position()).network());
      chosen = Optional.of(child.chosen(choice.expectation()));
    }
    chosen.ifPresent(child -> fresh.propose(child.chromosome()));
    return chosen;
  }

  private Surrogate.Choice choose(List<NetworkFacts> pool, RandomGenerator random) {
    return front.isPresent()
        ? model.choose(pool, random, draws -> front.get().choose(draws, pool, model::predict))
        : model.choose(pool, random);
  }

  /** Notes a network that is proposed without a choice. */
  void propose(Chromosome chromosome) {
    fresh.propose(chromosome);
  }

  /** Takes the outcome of a network. */
  void learn(Member member) {
    Chromosome chromosome = member.individual().chromosome();
    front.ifPresent(rule -> rule.learn(member, fresh.facts(chromosome)));
    model.learn(fresh.facts(chromosome), member.individual().fitness());
  }

  void learnPart(Member member, boolean stopped) {
    model.learnPart(
        fresh.facts(member.individual().chromosome()), member.individual().fitness(), stopped);
  }
}
