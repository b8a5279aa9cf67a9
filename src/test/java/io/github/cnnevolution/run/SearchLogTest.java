package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that work on a run one after the other, each of which repeats its history first. */
class SearchLogTest {
  private static final int SIZE = 4;
  private static final int GENERATIONS = 3;
  private static final int ALL = SIZE * GENERATIONS;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void create() {
    file = directory.resolve("run.db");
    EvaluationStore.create(file, Map.of()).close();
  }

  private static GeneticAlgorithm algorithm(long seed) {
    return new GeneticAlgorithm(
        GeneticParameters.builder()
            .populationSize(SIZE)
            .generations(GENERATIONS)
            .seed(seed)
            .build());
  }

  /** Works until so many outcomes are told, and stops; returns what was proposed. */
  private List<Proposal> work(long seed, int outcomes, LongToDoubleFunction fitness) {
    List<Proposal> proposals = new ArrayList<>();
    GeneticAlgorithm algorithm = algorithm(seed);
    try (EvaluationStore store = EvaluationStore.open(file)) {
      SearchLog log = new SearchLog(store);
      for (int told = 0; told <= outcomes; told++) {
        for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
          log.propose(next.get(), store.decode(next.get().chromosome()).phenotype());
          proposals.add(next.get());
        }
        log.flush();
        if (told < outcomes) {
          Outcome outcome = Outcome.of(told, fitness.applyAsDouble(told));
          log.tell(outcome);
          algorithm.tell(outcome);
        }
      }
      log.flush();
    }
    return proposals;
  }

  private void assertStored(List<Proposal> proposals, int outcomes, LongToDoubleFunction fitness) {
    try (EvaluationStore store = EvaluationStore.open(file)) {
      assertEquals(proposals, store.proposals().stream().map(StoredProposal::proposal).toList());
      assertEquals(outcomes, store.outcomes().size());
      for (Outcome outcome : store.outcomes()) {
        assertEquals(fitness.applyAsDouble(outcome.proposal()), outcome.fitness());
      }
    }
  }

  private static double fitness(long proposal) {
    return proposal * 7 % 11 / 11.0;
  }

  /** The best of the first generation was short of memory. */
  private static double withAFailure(long proposal) {
    return proposal == 3 ? Fitness.FAILED : fitness(proposal);
  }

  @Test
  void aSearchInOneGoIsStoredOnce() {
    assertStored(work(1, ALL, SearchLogTest::fitness), ALL, SearchLogTest::fitness);
  }

  @Test
  void aSearchThatGoesOnRepeatsWhatIsStored() {
    List<Proposal> whole = work(1, 0, SearchLogTest::fitness);
    for (int told = 0; told <= ALL; told++) {
      whole = work(1, told, SearchLogTest::fitness);
    }
    assertEquals(ALL, whole.size());
    assertStored(whole, ALL, SearchLogTest::fitness);
  }

  @Test
  void aFailureThatIsTriedAgainReplacesWhatFollowed() {
    List<Proposal> before = work(1, ALL, SearchLogTest::withAFailure);
    List<Proposal> now = work(1, ALL, SearchLogTest::fitness);
    assertTrue(!before.equals(now), "another outcome, another search");
    assertStored(now, ALL, SearchLogTest::fitness);
  }

  /** It had replaced the outcome and not yet the proposals that follow from it. */
  @Test
  void aProcessThatIsStoppedAfterATriedAgainFailureCanBeFollowed() {
    for (int stopped = 4; stopped <= ALL; stopped++) {
      file = directory.resolve(stopped + ".db");
      EvaluationStore.create(file, Map.of()).close();
      work(1, ALL, SearchLogTest::withAFailure);
      work(1, stopped, SearchLogTest::fitness);
      assertStored(work(1, ALL, SearchLogTest::fitness), ALL, SearchLogTest::fitness);
    }
  }

  /** So far as the outcome alone, which is stored by itself. */
  @Test
  void aProcessThatDiesRightAfterItReplacedAnOutcomeCanBeFollowed() {
    work(1, ALL, SearchLogTest::withAFailure);
    try (EvaluationStore store = EvaluationStore.open(file)) {
      store.truncateOutcomes(3);
    }
    assertStored(work(1, ALL, SearchLogTest::fitness), ALL, SearchLogTest::fitness);
  }

  /** The outcome of an earlier proposal is not there yet when another proposal follows. */
  @Test
  void aTriedAgainFailureMayComeBeforeAnEarlierOutcome() {
    Chromosome[] chromosomes =
        Stream.of("0", "1").map(bit -> new Chromosome(bit.repeat(20))).toArray(Chromosome[]::new);
    try (EvaluationStore store = EvaluationStore.open(file)) {
      SearchLog log = new SearchLog(store);
      for (int i = 0; i < 4; i++) {
        log.propose(new Proposal(i, 0, chromosomes[0], Operators.RANDOM, List.of()), "any");
        log.tell(Outcome.of(i, i == 1 ? Fitness.FAILED : fitness(i)));
      }
      log.flush();
      SearchLog again = new SearchLog(store);
      again.propose(new Proposal(0, 0, chromosomes[0], Operators.RANDOM, List.of()), "any");
      again.propose(new Proposal(1, 0, chromosomes[0], Operators.RANDOM, List.of()), "any");
      again.tell(Outcome.of(1, fitness(1)));
      again.propose(new Proposal(2, 0, chromosomes[1], Operators.RANDOM, List.of()), "other");
      again.tell(Outcome.of(0, fitness(0)));
      again.tell(Outcome.of(2, fitness(2)));
      again.flush();
      assertEquals(3, store.proposals().size());
      assertEquals(
          List.of(fitness(0), fitness(1), fitness(2)),
          store.outcomes().stream().map(Outcome::fitness).toList());
    }
  }

  @Test
  void anotherAlgorithmIsRefused() {
    List<Proposal> proposals = work(1, 6, SearchLogTest::fitness);
    String message =
        assertThrows(StoreException.class, () -> work(2, 6, SearchLogTest::fitness)).getMessage();
    assertTrue(message.contains("candidate 0 of the run is "), message);
    assertStored(proposals, 6, SearchLogTest::fitness);
  }
}
