package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The law of {@link SearchAlgorithm}, however somebody asks and tells. */
class RandomAskAndTellTest {
  /** Asks and tells in an order that is drawn, and checks the law at every step. */
  private static final class Dialogue {
    private final SearchAlgorithm algorithm;
    private final Random random;
    private final List<Proposal> proposals = new ArrayList<>();
    private final List<Proposal> waiting = new ArrayList<>();
    private boolean saidNo;

    Dialogue(SearchAlgorithm algorithm, long seed) {
      this.algorithm = algorithm;
      this.random = new Random(seed);
    }

    List<Proposal> run() {
      while (!algorithm.isFinished()) {
        if (random.nextBoolean()) {
          ask();
        } else if (!waiting.isEmpty()) {
          tell();
        }
        assertFalse(algorithm.isFinished() && !waiting.isEmpty(), "finished while it waits");
      }
      assertEquals(Optional.empty(), algorithm.ask(), "asked after the end");
      return proposals;
    }

    private void ask() {
      Optional<Proposal> asked = algorithm.ask();
      if (asked.isEmpty()) {
        assertFalse(waiting.isEmpty(), "neither finished nor waiting, and nothing to propose");
        saidNo = true;
        return;
      }
      assertFalse(saidNo, "nothing was told since it said that it has to wait");
      Proposal proposal = asked.get();
      assertEquals(proposals.size(), proposal.index());
      proposal.parents().forEach(parent -> assertTrue(parent < proposal.index()));
      proposals.add(proposal);
      waiting.add(proposal);
    }

    private void tell() {
      refuseUnknown(proposals.size() + (long) random.nextInt(3));
      Proposal proposal = waiting.remove(random.nextInt(waiting.size()));
      double fitness = fitness(proposal);
      Outcome outcome =
          new Outcome(
              proposal.index(),
              fitness,
              Map.of(),
              fitness == Fitness.FAILED ? 0 : proposal.fraction());
      algorithm.tell(outcome);
      refuseAgain(outcome);
      saidNo = false;
    }

    private void refuseUnknown(long index) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> algorithm.tell(Outcome.of(index, 0)))
              .getMessage();
      assertTrue(message.contains("proposal " + index + " is unknown"), message);
    }

    private void refuseAgain(Outcome outcome) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> algorithm.tell(outcome)).getMessage();
      assertEquals("proposal %d has been told before".formatted(outcome.proposal()), message);
    }

    /** Some candidates fail. */
    private static double fitness(Proposal proposal) {
      int hash = proposal.chromosome().bits().hashCode() + (proposal.fraction() < 1 ? 1 : 0);
      return hash % 5 == 0 ? Fitness.FAILED : Math.floorMod(hash, 97) / 97.0;
    }
  }

  @Property(tries = 400, seed = "1")
  void theLawHoldsAndTheOrderOfAskingAndTellingChangesNothing(
      @ForAll("parameters") GeneticParameters parameters, @ForAll long first, @ForAll long second) {
    List<Proposal> proposals = new Dialogue(new GeneticAlgorithm(parameters), first).run();
    assertEquals(parameters.populationSize() * parameters.generations(), proposals.size());
    assertEquals(proposals, new Dialogue(new GeneticAlgorithm(parameters), second).run());
  }

  /** A search without generations, made anew each time. */
  private record Asynchronous(
      int kind, AsynchronousParameters parameters, SteadyParameters breeding) {
    SearchAlgorithm create() {
      Candidates candidates = Candidates.of(new PlainSpace(), 20, 10);
      return switch (kind) {
        case 0 -> AsynchronousSearch.random(parameters, List.of(), candidates);
        case 1 -> AsynchronousSearch.local(parameters, List.of(), candidates);
        default -> AsynchronousSearch.steady(parameters, breeding, List.of(), candidates);
      };
    }
  }

  @Property(tries = 150, seed = "1")
  void searchesWithoutGenerationsDoNotDependOnTheOrderOfResults(
      @ForAll("asynchronous") Asynchronous search, @ForAll long first, @ForAll long second) {
    List<Proposal> proposals = new Dialogue(search.create(), first).run();
    List<Proposal> networks =
        proposals.stream().filter(one -> !one.operator().equals(Operators.CONTINUE)).toList();
    assertEquals(search.parameters().evaluations(), networks.size());
    assertEquals(proposals, new Dialogue(search.create(), second).run());
    assertEquals(
        networks.size(),
        networks.stream()
            .map(one -> new PlainSpace().decode(one.chromosome(), 10).phenotype())
            .distinct()
            .count(),
        "a network was proposed twice");
  }

  @Provide
  Arbitrary<Asynchronous> asynchronous() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(1, 60),
            Arbitraries.integers().between(1, 12),
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 8),
            Arbitraries.doubles().between(0, 1),
            Arbitraries.of(SteadyParameters.Replacement.values()),
            stops())
        .as(
            (kind, evaluations, lookahead, seed, population, rate, replacement, stops) ->
                new Asynchronous(
                    kind,
                    new AsynchronousParameters(evaluations, lookahead, seed, stops),
                    new SteadyParameters(population, 2, rate, rate / 4, replacement, kind == 3)));
  }

  private static Arbitrary<Optional<EarlyStopping>> stops() {
    return Combinators.combine(Arbitraries.integers().between(1, 11), Arbitraries.of(false, true))
        .as(
            (epochs, banded) ->
                epochs < EarlyStopping.FEWEST_EPOCHS
                    ? Optional.empty()
                    : Optional.of(EarlyStopping.of(epochs, banded)));
  }

  @Provide
  Arbitrary<GeneticParameters> parameters() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 12),
            Arbitraries.integers().between(1, 5),
            Arbitraries.integers().between(19, 24),
            Arbitraries.integers().between(1, 6),
            Arbitraries.doubles().between(0, 1),
            Arbitraries.doubles().between(0, 1),
            Arbitraries.integers().between(0, 12),
            Arbitraries.longs())
        .as(
            (size, generations, genome, tournament, crossover, mutation, elitism, seed) ->
                new GeneticParameters(
                    size,
                    generations,
                    genome,
                    tournament,
                    crossover,
                    mutation,
                    Math.min(elitism, size),
                    seed));
  }
}
