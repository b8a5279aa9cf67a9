package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Nsga2Test {
  private static final PlainSpace SPACE = new PlainSpace();
  private static final Candidates CANDIDATES = Candidates.of(SPACE, 20, 10);
  private static final Objectives FLOPS = Objectives.parse("accuracy,flops");
  private static final ToDoubleFunction<NetworkFacts> FITNESS = Nsga2Test::drawn;

  /** What a model would say that knows what was measured: a is worse than b. */
  private static final Function<List<NetworkFacts>, double[]> SCORES = Nsga2Test::scores;

  private static double drawn(NetworkFacts facts) {
    return new Random(facts.network().hashCode()).nextInt(50) / 100.0;
  }

  private static double[] scores(List<NetworkFacts> known) {
    return known.stream().mapToDouble(n -> n.network().equals("a") ? -0.6 : 0.6).toArray();
  }

  private static GeneticParameters parameters(int generations, long seed) {
    return GeneticParameters.builder()
        .populationSize(8)
        .generations(generations)
        .tournamentSize(2)
        .seed(seed)
        .build();
  }

  private static SearchAlgorithm search(int generations, boolean surrogate) {
    return new Nsga2(parameters(generations, 7), FLOPS, surrogate, List.of(), CANDIDATES);
  }

  /** Tells the outcomes of what is open in a shuffled order. */
  private static List<Proposal> run(
      SearchAlgorithm algorithm, ToDoubleFunction<NetworkFacts> fitness, long order) {
    List<Proposal> all = new ArrayList<>();
    Random random = new Random(order);
    while (!algorithm.isFinished()) {
      List<Proposal> open = new ArrayList<>();
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        open.add(p.get());
      }
      all.addAll(open);
      Collections.shuffle(open, random);
      for (Proposal proposal : open) {
        NetworkFacts facts = CANDIDATES.facts().apply(proposal.chromosome());
        algorithm.tell(Outcome.of(proposal.index(), fitness.applyAsDouble(facts)));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theOrderOfOutcomesMakesNoDifferenceAndNoNetworkComesTwice(boolean surrogate) {
    List<Proposal> reference = run(search(10, surrogate), FITNESS, 1);
    assertEquals(80, reference.size());
    assertEquals(reference, run(search(10, surrogate), FITNESS, 2));
    assertEquals(
        80,
        reference.stream()
            .map(p -> CANDIDATES.facts().apply(p.chromosome()).network())
            .distinct()
            .count());
    assertEquals(reference.subList(0, 40), run(search(5, surrogate), FITNESS, 1));
    assertTrue(reference.stream().anyMatch(p -> !p.parents().isEmpty()));
  }

  @Test
  void parentsAreTheBestOfAllByRankAndCrowding() {
    List<Proposal> all = run(search(6, false), FITNESS, 1);
    // Whoever is a parent of the last generation must be among the survivors of those before.
    List<Proposal> before = all.stream().filter(p -> p.generation() < 5).toList();
    ParetoPool pool = new ParetoPool(FLOPS, CANDIDATES.facts(), 8, 2);
    Set<Long> survivors = new HashSet<>();
    for (int generation = 0; generation < 5; generation++) {
      int g = generation;
      pool.addAll(
          before.stream()
              .filter(p -> p.generation() == g)
              .map(p -> member(p, FITNESS.applyAsDouble(CANDIDATES.facts().apply(p.chromosome()))))
              .toList());
    }
    for (int i = 0; i < 500; i++) {
      survivors.add(pool.select(Generators.seeded(i)).index());
    }
    assertTrue(survivors.size() <= 8);
    Set<Long> parents =
        all.stream()
            .filter(p -> p.generation() == 5)
            .flatMap(p -> p.parents().stream())
            .collect(Collectors.toSet());
    assertTrue(survivors.containsAll(parents), parents + " of " + survivors);
  }

  private static Member member(Proposal proposal, double fitness) {
    return new Member(
        new Individual(proposal.chromosome(), fitness), Outcome.of(proposal.index(), fitness));
  }

  @Test
  void failuresAndStoppedTrainingsAreNeverParents() {
    for (boolean steady : new boolean[] {false, true}) {
      SearchAlgorithm algorithm = steady ? steady(FLOPS, false, 7) : search(10, false);
      Set<Long> unfit = new HashSet<>();
      List<Proposal> open = new ArrayList<>();
      while (!algorithm.isFinished()) {
        for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
          open.add(p.get());
          assertTrue(Collections.disjoint(unfit, p.get().parents()), "of " + p.get());
        }
        Proposal next = open.remove(0);
        boolean stopped = next.index() % 3 == 0;
        boolean failed = next.index() % 3 == 1;
        if (stopped || failed) {
          unfit.add(next.index());
        }
        algorithm.tell(
            failed
                ? Outcome.of(next.index(), Fitness.FAILED)
                : new Outcome(next.index(), 0.9, Map.of("accuracy", 0.9), stopped ? 0.2 : 1));
      }
    }
  }

  private static SearchAlgorithm steady(Objectives objectives, boolean surrogate, long seed) {
    return AsynchronousSearch.steady(
        new AsynchronousParameters(80, 4, seed),
        new SteadyParameters(8, 2, 0.9, 0.05, SteadyParameters.Replacement.WORST, surrogate),
        objectives,
        List.of(),
        CANDIDATES);
  }

  @Test
  void aBudgetEndsTheSearchWithinAGeneration() {
    SearchAlgorithm shorter =
        new Nsga2(parameters(10, 7), OptionalInt.of(21), FLOPS, false, List.of(), CANDIDATES);
    assertEquals(run(search(10, false), FITNESS, 1).subList(0, 21), run(shorter, FITNESS, 1));
  }

  @Test
  void allFailuresEndTheSearchInOrder() {
    assertEquals(24, run(search(3, false), facts -> Fitness.FAILED, 1).size());
  }

  @Test
  void anExhaustedSpaceEndsTheSearch() {
    Candidates few =
        new Candidates(
            3,
            List.of(),
            Optional.empty(),
            c -> new NetworkFacts(c.bits(), 1 + c.field(0, 3), 0, List.of(c.bits())),
            () -> List.of(new Chromosome("000"), new Chromosome("101")));
    SearchAlgorithm algorithm =
        new Nsga2(
            GeneticParameters.builder().populationSize(3).generations(9).genomeSize(3).build(),
            FLOPS,
            false,
            List.of(new Chromosome("111")),
            few);
    List<Proposal> all = new ArrayList<>();
    while (!algorithm.isFinished()) {
      Proposal next = algorithm.ask().orElseThrow();
      all.add(next);
      algorithm.tell(Outcome.of(next.index(), 0.5));
      if (all.size() == 8) {
        assertFalse(algorithm.ask().isPresent());
      }
    }
    assertEquals(8, all.size());
    assertEquals(Operators.GIVEN, all.get(0).operator());
    assertTrue(algorithm.endNotice().orElseThrow().contains("exhausted"));
  }

  @Test
  void outcomesAreChecked() {
    SearchAlgorithm algorithm = search(2, false);
    algorithm.ask();
    assertThrows(IllegalArgumentException.class, () -> algorithm.tell(Outcome.of(1, 0.5)));
    algorithm.tell(Outcome.of(0, 0.5));
    assertThrows(IllegalArgumentException.class, () -> algorithm.tell(Outcome.of(0, 0.5)));
  }

  /** Larger networks are better, and some genes are, whatever the size. */
  private static double smooth(NetworkFacts facts) {
    long good = facts.genes().stream().filter(gene -> gene.hashCode() % 2 == 0).count();
    return 0.02 * Math.log1p((double) facts.flops()) + 0.3 * good / facts.genes().size();
  }

  private static double volume(LongFunction<SearchAlgorithm> algorithm) {
    double sum = 0;
    for (long seed = 1; seed <= 10; seed++) {
      List<double[]> points = new ArrayList<>();
      for (Proposal proposal : run(algorithm.apply(seed), Nsga2Test::smooth, 1)) {
        NetworkFacts facts = CANDIDATES.facts().apply(proposal.chromosome());
        points.add(new double[] {-smooth(facts), Math.log1p((double) facts.flops())});
      }
      sum += Hypervolume.of(points, new double[] {0, 22});
    }
    return sum / 10;
  }

  @Test
  void frontsGrowFasterThanByChanceAndFasterStillWithAModel() {
    double chance =
        volume(
            seed ->
                AsynchronousSearch.random(
                    new AsynchronousParameters(80, 1, seed), List.of(), CANDIDATES));
    double generations =
        volume(seed -> new Nsga2(parameters(10, seed), FLOPS, false, List.of(), CANDIDATES));
    double steady = volume(seed -> steady(FLOPS, false, seed));
    double model = volume(seed -> steady(FLOPS, true, seed));
    assertTrue(generations > chance, generations + " and " + chance);
    assertTrue(steady > chance, steady + " and " + chance);
    assertTrue(model > steady, model + " and " + steady);
  }

  @Test
  void theRuleTakesWhatAddsMost() {
    FrontRule rule = new FrontRule(new SizeScale(5, 1, 5, 1), FLOPS);
    NetworkFacts small = new NetworkFacts("a", 100, 1, List.of("a"));
    NetworkFacts large = new NetworkFacts("b", 10_000, 1, List.of("b"));
    learn(rule, 0, small, 0.2, 1);
    learn(rule, 1, large, 0.6, 1);
    NetworkFacts between = new NetworkFacts("c", 1_000, 1, List.of("c"));
    // Equally good as the large one, and smaller; below the small one; the large one again.
    assertEquals(
        1, rule.choose(new double[] {-3, 0.6, 0.5}, List.of(small, between, large), SCORES));
    // None adds anything: the one whose accuracy lacks least.
    assertEquals(
        2, rule.choose(new double[] {-3, -2, -0.9}, List.of(small, between, small), SCORES));
  }

  @Test
  void stoppedTrainingsAreNoPartOfTheFrontOfTheRule() {
    FrontRule rule = new FrontRule(new SizeScale(5, 1, 5, 1), FLOPS);
    NetworkFacts small = new NetworkFacts("a", 100, 1, List.of("a"));
    learn(rule, 0, small, 0.1, 1);
    learn(rule, 1, new NetworkFacts("b", 100, 1, List.of("b")), 0.9, 0.2);
    NetworkFacts larger = new NetworkFacts("c", 1_000, 1, List.of("c"));
    NetworkFacts smaller = new NetworkFacts("d", 90, 1, List.of("d"));
    // If the stopped one counted, it would dominate the first.
    assertEquals(0, rule.choose(new double[] {0.3, -0.58}, List.of(larger, smaller), SCORES));
  }

  private static void learn(
      FrontRule rule, long index, NetworkFacts facts, double fitness, double fraction) {
    rule.learn(
        new Member(
            new Individual(new Chromosome("0"), fitness),
            new Outcome(index, fitness, Map.of(), fraction)),
        facts);
  }
}
