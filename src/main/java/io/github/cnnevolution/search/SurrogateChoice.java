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
  private final Objectives objectives;
  private Surrogate model;

  /** Which draws are wanted most, if there are several objectives. */
  private Optional<FrontRule> front;

  /** All that was learned, if a model of a larger space may have to learn it again. */
  private final List<Lesson> lessons = new ArrayList<>();

  /**
   * What was learned.
   *
   * @param ofPart whether it is the outcome of a part of a training
   * @param stopped whether the training ended there
   */
  private record Lesson(Member member, boolean ofPart, boolean stopped) {}

  SurrogateChoice(FreshNetworks fresh, Objectives objectives) {
    this.fresh = fresh;
    this.objectives = objectives;
    begin();
  }

  /** A model that has learned nothing. */
  private void begin() {
    SizeScale scale = SizeScale.of(fresh.candidates());
    model = new Surrogate(scale);
    front =
        objectives.areSeveral() ? Optional.of(new FrontRule(scale, objectives)) : Optional.empty();
  }

  /**
   * Begins a model of a space that has grown, in which every network has more genes and another
   * place among the sizes, with all that was learned before.
   */
  void relearn() {
    begin();
    lessons.forEach(this::teach);
  }

  /** Goes on in a space that grows with this generation, if it does. */
  void reach(int generation) {
    if (fresh.reach(generation)) {
      relearn();
    }
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
    learn(new Lesson(member, false, false));
  }

  void learnPart(Member member, boolean stopped) {
    learn(new Lesson(member, true, stopped));
  }

  private void learn(Lesson lesson) {
    teach(lesson);
    if (fresh.grows()) {
      lessons.add(lesson);
    }
  }

  private void teach(Lesson lesson) {
    Member member = lesson.member();
    NetworkFacts facts = fresh.facts(member.individual().chromosome());
    double fitness = member.individual().fitness();
    if (lesson.ofPart()) {
      model.learnPart(facts, fitness, lesson.stopped());
    } else {
      front.ifPresent(rule -> rule.learn(member, facts));
      model.learn(facts, fitness);
    }
  }
}
