package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class GeneticAlgorithmTest {
  private static List<Proposal> askAll(SearchAlgorithm algorithm) {
    List<Proposal> proposals = new ArrayList<>();
    for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
      proposals.add(next.get());
    }
    return proposals;
  }

  private static Outcome oneMax(Proposal proposal) {
    return Outcome.of(proposal.index(), Chromosomes.oneMax(proposal.chromosome()));
  }

  /** All proposals of a search for ones. */
  private static List<Proposal> search(GeneticAlgorithm algorithm) {
    List<Proposal> all = new ArrayList<>();
    while (!algorithm.isFinished()) {
      List<Proposal> generation = askAll(algorithm);
      all.addAll(generation);
      generation.forEach(proposal -> algorithm.tell(oneMax(proposal)));
    }
    return all;
  }

  static List<RecordedSearch> recorded() {
    return RecordedSearch.all().toList();
  }

  /** Published runs can be repeated only as long as this holds. */
  @ParameterizedTest
  @MethodSource("recorded")
  void historiesOfVersion010AreRepeated(RecordedSearch recorded) {
    assertRepeated(recorded, proposals -> {});
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void theOrderOfTellingWithinAGenerationDoesNotMatter(RecordedSearch recorded) {
    assertRepeated(recorded, Collections::reverse);
    Random random = new Random(1);
    assertRepeated(recorded, proposals -> Collections.shuffle(proposals, random));
  }

  private static void assertRepeated(RecordedSearch recorded, Consumer<List<Proposal>> order) {
    GeneticAlgorithm algorithm = new GeneticAlgorithm(recorded.parameters(), recorded.given());
    List<List<Chromosome>> populations = new ArrayList<>();
    Individual best = null;
    while (!algorithm.isFinished()) {
      List<Proposal> proposals = askAll(algorithm);
      populations.add(proposals.stream().map(Proposal::chromosome).toList());
      for (Proposal proposal : proposals) {
        Individual individual =
            new Individual(proposal.chromosome(), recorded.fitness(proposal.chromosome()));
        best = best == null || individual.fitterThan(best) ? individual : best;
      }
      List<Proposal> told = new ArrayList<>(proposals);
      order.accept(told);
      for (Proposal proposal : told) {
        algorithm.tell(Outcome.of(proposal.index(), recorded.fitness(proposal.chromosome())));
      }
    }
    assertEquals(recorded.populations(), populations);
    assertEquals(recorded.best(), best);
  }

  @Test
  void recordedHistoriesCoverWhatTheyShould() {
    List<RecordedSearch> all = recorded();
    assertEquals(32, all.size());
    assertTrue(all.stream().anyMatch(r -> r.parameters().populationSize() == 1));
    assertTrue(all.stream().anyMatch(r -> r.parameters().populationSize() == 50));
    assertTrue(all.stream().anyMatch(r -> r.parameters().elitism() == 0));
    assertTrue(all.stream().anyMatch(r -> !r.given().isEmpty()));
    assertTrue(all.stream().anyMatch(r -> r.failureModulus() > 0 && !r.best().failed()));
    assertTrue(all.stream().anyMatch(r -> r.best().failed()), "one where everything fails");
    assertTrue(all.stream().allMatch(r -> r.populations().size() == r.parameters().generations()));
  }

  /** What the operator says is what happened to the parents' bits. */
  @Test
  void operatorsAndParentsSayHowAChromosomeWasMade() {
    GeneticParameters parameters =
        GeneticParameters.builder()
            .populationSize(11)
            .generations(40)
            .mutationRate(0.02)
            .crossoverRate(0.6)
            .elitism(2)
            .build();
    List<Chromosome> given = List.of(Chromosomes.zeros(20));
    List<Proposal> all = search(new GeneticAlgorithm(parameters, given));
    Map<String, Integer> counts = new TreeMap<>();
    for (Proposal proposal : all) {
      counts.merge(proposal.operator(), 1, Integer::sum);
      List<Chromosome> parents =
          proposal.parents().stream().map(i -> all.get(i.intValue()).chromosome()).toList();
      proposal
          .parents()
          .forEach(
              i -> assertEquals(proposal.generation() - 1, all.get(i.intValue()).generation()));
      assertMadeBy(proposal, parents, given);
    }
    assertEquals(1, counts.get(Operators.GIVEN));
    assertEquals(10, counts.get(Operators.RANDOM));
    assertEquals(39 * 2, counts.get(Operators.ELITE));
    assertEquals(7, counts.size(), "every operator: " + counts);
  }

  private static void assertMadeBy(
      Proposal proposal, List<Chromosome> parents, List<Chromosome> given) {
    Chromosome child = proposal.chromosome();
    switch (proposal.operator()) {
      case Operators.GIVEN -> assertEquals(given, List.of(child));
      case Operators.RANDOM -> assertEquals(List.of(), parents);
      case Operators.ELITE, Operators.COPY -> assertEquals(List.of(child), parents);
      case Operators.MUTATION -> {
        assertEquals(1, parents.size());
        assertNotEquals(parents.get(0), child);
      }
      case Operators.CROSSOVER -> assertTrue(isCrossed(child, parents), proposal.toString());
      case Operators.CROSSOVER_AND_MUTATION -> assertEquals(2, parents.size());
      default -> throw new AssertionError(proposal.toString());
    }
  }

  private static boolean isCrossed(Chromosome child, List<Chromosome> parents) {
    return IntStream.range(1, child.length())
        .anyMatch(
            cut ->
                parents.get(0).splice(cut, parents.get(1)).equals(child)
                    || parents.get(1).splice(cut, parents.get(0)).equals(child));
  }

  @Test
  void moreGenerationsMakeTheProposalsOfTheShorterSearchFirst() {
    GeneticParameters.Builder builder = GeneticParameters.builder().populationSize(7);
    List<Proposal> longer = search(new GeneticAlgorithm(builder.generations(9).build()));
    List<Proposal> shorter = search(new GeneticAlgorithm(builder.generations(4).build()));
    assertEquals(4 * 7, shorter.size());
    assertEquals(longer.subList(0, shorter.size()), shorter);
  }

  @Test
  void whatCannotBeToldIsNamed() {
    GeneticAlgorithm algorithm =
        new GeneticAlgorithm(
            GeneticParameters.builder().populationSize(2).generations(2).elitism(0).build());
    assertRefused("proposal 0 is unknown; 0 have been made", algorithm, 0);
    algorithm.ask();
    assertRefused("proposal 1 is unknown; 1 have been made", algorithm, 1);
    algorithm.tell(Outcome.of(0, 0.5));
    assertRefused("proposal 0 has been told before", algorithm, 0);
    algorithm.ask();
    algorithm.tell(Outcome.of(1, 0.5));
    // The generation is complete, and the next has not been asked for.
    assertRefused("proposal 1 has been told before", algorithm, 1);
    algorithm.ask();
    assertRefused("proposal 1 has been told before", algorithm, 1);
    assertRefused("proposal 99 is unknown; 3 have been made", algorithm, 99);
    assertEquals(3, algorithm.ask().orElseThrow().index());
    assertFalse(algorithm.isFinished());
  }

  private static void assertRefused(String message, GeneticAlgorithm algorithm, long proposal) {
    Outcome outcome = Outcome.of(proposal, 0.5);
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> algorithm.tell(outcome)).getMessage());
  }

  @Test
  void givenChromosomesMustFit() {
    GeneticParameters two = GeneticParameters.builder().populationSize(2).build();
    List<Chromosome> three = Collections.nCopies(3, Chromosomes.ones(20));
    assertEquals(
        "3 given chromosomes do not fit a population of 2",
        assertThrows(IllegalArgumentException.class, () -> new GeneticAlgorithm(two, three))
            .getMessage());
    List<Chromosome> longer = List.of(Chromosomes.ones(21));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new GeneticAlgorithm(two, longer))
            .getMessage()
            .contains("has 21 bits, not 20"));
  }
}
