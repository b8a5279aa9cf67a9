package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The genetic algorithm with a surrogate, and with a budget of evaluations. */
class GuidedGeneticTest {
  private static final int CLASSES = 10;
  private static final PlainSpace SPACE = new PlainSpace();
  private static final Candidates CANDIDATES = Candidates.of(SPACE, 20, CLASSES);

  private static GeneticParameters parameters(int generations) {
    return GeneticParameters.builder().populationSize(6).generations(generations).seed(3).build();
  }

  private static String network(Chromosome chromosome) {
    return SPACE.decode(chromosome, CLASSES).phenotype();
  }

  private static GeneticAlgorithm within(int evaluations, GeneticParameters parameters) {
    return GeneticAlgorithm.within(
        evaluations,
        parameters,
        List.of(),
        Optional.empty(),
        GenomeGrowth.NONE,
        GuidedGeneticTest::network);
  }

  private static List<Proposal> search(SearchAlgorithm algorithm) {
    return search(algorithm, chromosome -> Chromosomes.oneMax(chromosome), batch -> {});
  }

  private static List<Proposal> search(
      SearchAlgorithm algorithm,
      ToDoubleFunction<Chromosome> fitness,
      Consumer<List<Proposal>> order) {
    List<Proposal> all = new ArrayList<>();
    while (!algorithm.isFinished()) {
      List<Proposal> batch = new ArrayList<>();
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        batch.add(p.get());
      }
      all.addAll(batch);
      order.accept(batch);
      for (Proposal one : batch) {
        algorithm.tell(Outcome.of(one.index(), fitness.applyAsDouble(one.chromosome())));
      }
    }
    return all;
  }

  private static GeneticAlgorithm guided(OptionalInt evaluations, int generations) {
    return GeneticAlgorithm.guided(evaluations, parameters(generations), List.of(), CANDIDATES);
  }

  @Test
  void noNetworkIsChosenTwiceAndElitesPass() {
    List<Proposal> all = search(guided(OptionalInt.empty(), 8));
    assertEquals(48, all.size());
    Set<String> seen = new HashSet<>();
    for (Proposal proposal : all) {
      boolean elite = proposal.operator().equals(Operators.ELITE);
      assertEquals(!elite, seen.add(network(proposal.chromosome())), proposal.toString());
      assertEquals(!elite, proposal.prediction().isPresent());
      assertTrue(proposal.parents().stream().allMatch(i -> i / 6 == proposal.generation() - 1));
    }
    assertEquals(7, all.stream().filter(p -> p.operator().equals(Operators.ELITE)).count());
  }

  @Test
  void theSearchIsAFunctionOfTheSeedInWhateverOrderOutcomesAreTold() {
    List<Proposal> all = search(guided(OptionalInt.empty(), 6));
    assertEquals(all, search(guided(OptionalInt.empty(), 6)));
    assertEquals(
        all, search(guided(OptionalInt.empty(), 6), Chromosomes::oneMax, Collections::reverse));
  }

  /** What matters is a pair of genes: the model finds it, where the others wait for luck. */
  @Test
  void theModelLearns() {
    List<Gene> genes =
        IntStream.range(0, 6)
            .mapToObj(i -> new Gene("g" + i, 2 * i, 2 * i + 2, List.of("0", "1", "2", "3")))
            .toList();
    Candidates candidates =
        new Candidates(
            12,
            genes,
            Optional.empty(),
            c ->
                new NetworkFacts(
                    c.bits(), 1, 1, genes.stream().map(gene -> gene.label(c)).toList()),
            List::of);
    ToDoubleFunction<Chromosome> fitness =
        c -> {
          int equal = 0;
          for (int i = 0; i < 3; i++) {
            equal += c.field(4 * i, 4 * i + 2) == c.field(4 * i + 2, 4 * i + 4) ? 1 : 0;
          }
          return 0.2 * equal + 0.05 * c.field(0, 2);
        };
    double with = 0;
    double without = 0;
    for (int seed = 1; seed <= 20; seed++) {
      GeneticParameters parameters =
          GeneticParameters.builder().genomeSize(12).generations(8).seed(seed).build();
      GeneticAlgorithm guided =
          GeneticAlgorithm.guided(OptionalInt.of(40), parameters, List.of(), candidates);
      with += mean(search(guided, fitness, batch -> {}), fitness);
      GeneticAlgorithm blind =
          GeneticAlgorithm.within(
              40, parameters, List.of(), Optional.empty(), GenomeGrowth.NONE, Chromosome::bits);
      without += mean(search(blind, fitness, batch -> {}), fitness);
    }
    assertTrue(with > without + 20 * 0.05, with / 20 + " with, " + without / 20 + " without");
  }

  /** Of the second half, without copies. */
  private static double mean(List<Proposal> all, ToDoubleFunction<Chromosome> fitness) {
    return all.subList(all.size() / 2, all.size()).stream()
        .map(Proposal::chromosome)
        .distinct()
        .mapToDouble(fitness)
        .average()
        .orElseThrow();
  }

  @Test
  void anExhaustedSpaceEndsTheSearch() {
    GeneticAlgorithm algorithm =
        GeneticAlgorithm.guided(
            OptionalInt.empty(), parameters(Integer.MAX_VALUE), List.of(), CANDIDATES);
    Set<String> networks = new HashSet<>();
    search(algorithm).forEach(proposal -> networks.add(network(proposal.chromosome())));
    assertEquals(Set.copyOf(SPACE.phenotypes()), networks);
    assertEquals(
        "the search space is exhausted: all of its networks that the search could find, "
            + networks.size()
            + ", were proposed",
        algorithm.endNotice().orElseThrow());
  }

  @Test
  void boundsAndGivenChromosomesHold() {
    Chromosome anchor = Chromosomes.zeros(20);
    Admission few = new Admission(c -> Chromosomes.oneMax(c) <= 0.5, anchor);
    Candidates bounded = CANDIDATES.admitting(Optional.of(few));
    // With the same draws, what is chosen first would be chosen again if it were not known.
    Chromosome given =
        GeneticAlgorithm.guided(OptionalInt.empty(), parameters(1), List.of(), bounded)
            .ask()
            .orElseThrow()
            .chromosome();
    List<Proposal> all =
        search(
            GeneticAlgorithm.guided(OptionalInt.empty(), parameters(6), List.of(given), bounded));
    assertEquals(given, all.get(0).chromosome());
    assertEquals(Operators.GIVEN, all.get(0).operator());
    assertTrue(all.stream().allMatch(proposal -> few.admits().test(proposal.chromosome())));
    assertTrue(
        all.stream()
            .skip(1)
            .filter(proposal -> !proposal.operator().equals(Operators.ELITE))
            .noneMatch(proposal -> network(proposal.chromosome()).equals(network(given))));
  }

  @Test
  void theBudgetIsOfDistinctNetworksAndMayCutAGenerationShort() {
    GeneticAlgorithm algorithm = within(20, parameters(GeneticParameters.UNLIMITED));
    List<Proposal> all = search(algorithm);
    assertEquals(20, all.stream().map(p -> network(p.chromosome())).distinct().count());
    assertTrue(all.size() % 6 != 0, "the last generation is whole: " + all.size());
    assertEquals(
        "20 networks were proposed, as many as the search may evaluate",
        algorithm.endNotice().orElseThrow());
    // The same search as without a budget, as far as it goes, and as with a larger one.
    List<Proposal> longer = search(new GeneticAlgorithm(parameters(30)));
    assertEquals(longer.subList(0, all.size()), all);
    List<Proposal> more = search(within(31, parameters(GeneticParameters.UNLIMITED)));
    assertEquals(more.subList(0, all.size()), all);
    List<Proposal> guided = search(guided(OptionalInt.of(20), GeneticParameters.UNLIMITED));
    assertEquals(20, guided.stream().map(p -> network(p.chromosome())).distinct().count());
    assertEquals(search(guided(OptionalInt.of(31), 9)).subList(0, guided.size()), guided);
  }

  @Test
  void theFirstLimitThatIsReachedEndsTheSearch() {
    GeneticAlgorithm algorithm = within(1000, parameters(3));
    assertEquals(18, search(algorithm).size());
    assertEquals(Optional.empty(), algorithm.endNotice());
  }

  @Test
  void aConvergedPopulationEndsTheSearch() {
    GeneticParameters still =
        GeneticParameters.builder()
            .populationSize(4)
            .generations(GeneticParameters.UNLIMITED)
            .mutationRate(0)
            .crossoverRate(0)
            .build();
    GeneticAlgorithm algorithm = within(50, still);
    List<Proposal> all = search(algorithm);
    assertEquals(4 * (1 + EvaluationBudget.STALE_GENERATIONS), all.size());
    assertTrue(
        algorithm
            .endNotice()
            .orElseThrow()
            .startsWith(
                "the population has converged: no new network in 100 generations; 4 of 50 networks were proposed"),
        algorithm.endNotice().toString());
  }
}
