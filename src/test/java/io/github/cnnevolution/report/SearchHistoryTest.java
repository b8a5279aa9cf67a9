package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.RecordedRuns;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.space.PlainNetworks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchHistoryTest {
  private static final RunFacts FACTS =
      new RunFacts(
          0,
          Map.of(),
          "plain",
          "genetic",
          "accuracy",
          "data",
          new RunFacts.Digests("a", Optional.empty(), Optional.of("b")),
          100,
          OptionalInt.of(1000),
          "0",
          "0",
          1,
          0,
          Optional.empty());

  private static final GeneticParameters PARAMETERS =
      GeneticParameters.builder()
          .populationSize(12)
          .generations(9)
          .mutationRate(0.1)
          .elitism(2)
          .seed(7)
          .build();

  private final List<StoredProposal> proposals = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Generation> generations = new ArrayList<>();

  private static double fitness(Chromosome chromosome) {
    String network = phenotype(chromosome);
    return network.contains("k7") ? Fitness.FAILED : (network.hashCode() & 1023) / 1024.0;
  }

  private static String phenotype(Chromosome chromosome) {
    return PlainNetworks.decode(chromosome).phenotype();
  }

  private static StoredRun run(List<StoredProposal> proposals, List<Outcome> outcomes) {
    return new StoredRun(new RunDirectory(Path.of("run")), FACTS, List.of(), proposals, outcomes);
  }

  private List<GenerationFigures> history() {
    return SearchHistory.of(run(proposals, outcomes));
  }

  /** As an engine does: asked until it waits, told in order. */
  private void search() {
    GeneticAlgorithm algorithm = new GeneticAlgorithm(PARAMETERS);
    while (!algorithm.isFinished()) {
      List<Individual> members = new ArrayList<>();
      for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
        Chromosome chromosome = next.get().chromosome();
        proposals.add(new StoredProposal(next.get(), phenotype(chromosome)));
        members.add(new Individual(chromosome, fitness(chromosome)));
      }
      for (Individual member : members) {
        outcomes.add(Outcome.of(outcomes.size(), member.fitness()));
        algorithm.tell(outcomes.get(outcomes.size() - 1));
      }
      generations.add(new Generation(generations.size(), members));
    }
  }

  private List<GenerationFigures> expected() {
    return generations.stream()
        .map(
            g ->
                GenerationFigures.of(
                    g,
                    (int)
                        g.individuals().stream()
                            .map(i -> phenotype(i.chromosome()))
                            .distinct()
                            .count()))
        .toList();
  }

  @Test
  void theGenerationsOfTheSearchAreThoseOfItsProposals() {
    search();
    assertEquals(9, generations.size());
    assertTrue(outcomes.stream().anyMatch(Outcome::failed));
    assertEquals(expected(), history());
  }

  @Test
  void aGenerationWaitsForItsLastOutcome() {
    search();
    List<GenerationFigures> expected = expected();
    for (int told = 0; told <= outcomes.size(); told++) {
      List<GenerationFigures> found = SearchHistory.of(run(proposals, outcomes.subList(0, told)));
      assertEquals(expected.subList(0, told / 12), found);
    }
  }

  /** A steady-state search has one generation, and is shown whenever nothing is being evaluated. */
  @Test
  void aGenerationCanGrow() {
    Chromosome zeros = new Chromosome("0".repeat(20));
    Chromosome ones = new Chromosome("1".repeat(20));
    proposals.add(new StoredProposal(new Proposal(0, 0, zeros, "random", List.of()), "a"));
    assertEquals(List.of(), history());
    outcomes.add(Outcome.of(0, 0.25));
    assertEquals(1, history().get(0).size());
    proposals.add(new StoredProposal(new Proposal(1, 0, ones, "mutation", List.of(0L)), "b"));
    assertEquals(List.of(), history());
    outcomes.add(Outcome.of(1, 0.5));
    GenerationFigures grown = history().get(0);
    assertEquals(2, grown.size());
    assertEquals(2, grown.networks());
    assertEquals(ones, grown.best().chromosome());
    assertEquals(1.0, grown.hamming());
  }

  @Test
  void outcomesMayComeInAnyOrder() {
    search();
    List<GenerationFigures> expected = history();
    Collections.reverse(outcomes);
    assertEquals(expected, history());
  }

  @Test
  void withoutProposalsThereAreNoGenerations() {
    assertEquals(List.of(), history());
  }

  /** The lines are what 0.1.0 computed of these runs. */
  @Test
  void runsOfVersion010HaveTheFiguresThatTheyHad(@TempDir Path directory) throws Exception {
    RecordedRuns.unzip(directory);
    String best = "GenerationFigures[best=Individual[chromosome=%s, fitness=%s], ";
    String finished = best.formatted("10011001100000001100", "0.01");
    assertEquals(
        List.of(
            finished
                + "quartiles=[0.01, 0.01, 0.01, 0.01, 0.01], mean=OptionalDouble[0.01], failures=0, size=4, hamming=0.5166666666666667, networks=4]",
            finished
                + "quartiles=[0.01, 0.01, 0.01, 0.01, 0.01], mean=OptionalDouble[0.01], failures=0, size=4, hamming=0.4333333333333333, networks=3]",
            finished
                + "quartiles=[0.01, 0.01, 0.01, 0.01, 0.01], mean=OptionalDouble[0.01], failures=0, size=4, hamming=0.4916666666666667, networks=3]"),
        figures(directory.resolve("finished")));
    String cut = best.formatted("00001000000010000000", "0.02");
    assertEquals(
        List.of(
            cut
                + "quartiles=[0.01, 0.01, 0.02, 0.02, 0.02], mean=OptionalDouble[0.016], failures=0, size=5, hamming=0.45999999999999996, networks=5]",
            cut
                + "quartiles=[0.0, 0.01, 0.02, 0.02, 0.02], mean=OptionalDouble[0.014000000000000002], failures=0, size=5, hamming=0.3, networks=5]",
            cut
                + "quartiles=[0.01, 0.02, 0.02, 0.02, 0.02], mean=OptionalDouble[0.018], failures=0, size=5, hamming=0.33999999999999997, networks=5]",
            cut
                + "quartiles=[0.01, 0.02, 0.02, 0.02, 0.02], mean=OptionalDouble[0.018], failures=0, size=5, hamming=0.13, networks=4]"),
        figures(directory.resolve("cut")));
  }

  private static List<String> figures(Path run) {
    return SearchHistory.of(StoredRun.of(new RunDirectory(run))).stream()
        .map(GenerationFigures::toString)
        .toList();
  }
}
