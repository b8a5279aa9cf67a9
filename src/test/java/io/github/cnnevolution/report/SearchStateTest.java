package io.github.cnnevolution.report;

import static io.github.cnnevolution.report.MadeUpSearch.proposals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.TrainingProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SearchStateTest {
  private static final Chromosome SMALL = new Chromosome("00000000000010000000");
  private static final Chromosome LARGE = new Chromosome("11011000000000000000");

  private final AtomicLong clock = new AtomicLong();
  private final SearchState state = new SearchState(clock::get);
  private final EvaluationJob small = job(0, SMALL);
  private final EvaluationJob large = job(1, LARGE);

  private static EvaluationJob job(long id, Chromosome chromosome) {
    return new EvaluationJob(id, chromosome, PlainNetworks.decode(chromosome));
  }

  private static TrainingProgress progress(int steps) {
    return new TrainingProgress(1, 2, steps, 10, steps * 64L, steps, Optional.empty());
  }

  private static Evaluation failed(EvaluationJob job) {
    return Evaluation.failed(job, FailureKind.OTHER, "x", "cpu-0");
  }

  @BeforeEach
  void start() {
    state.onSearchStart(MadeUpSearch.start(5, List::of));
  }

  private void wait(int seconds) {
    clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void theShareIsOfTheWorkNotOfTheCandidates() {
    state.onProposals(0, proposals(0, SMALL, LARGE, SMALL));
    state.onStart(small, "cpu-0");
    state.onEnd(failed(small));
    double sum = small.architecture().flops() + (double) large.architecture().flops();
    SearchSnapshot now = state.snapshot();
    assertEquals(2, now.done(), "two candidates are of that network");
    assertEquals(3, now.candidates());
    assertEquals(small.architecture().flops() / sum, now.fraction(), 1e-9);
    state.onStart(large, "cpu-0");
    state.onProgress(large, "cpu-0", progress(5));
    assertEquals(
        (small.architecture().flops() + large.architecture().flops() / 2.0) / sum,
        state.snapshot().fraction(),
        1e-9);
  }

  @Test
  void theTimeLeftFollowsFromTheSpeed() {
    state.onProposals(0, proposals(0, LARGE));
    assertTrue(state.snapshot().left().isEmpty(), "nothing is known yet");
    state.onStart(large, "cpu-0");
    wait(10);
    state.onProgress(large, "cpu-0", progress(2));
    assertEquals(40, state.snapshot().left().orElseThrow().toSeconds());
    wait(10);
    state.onProgress(large, "cpu-0", progress(8));
    assertEquals(5, state.snapshot().left().orElseThrow().toSeconds());
  }

  @Test
  void whatIsFoundTakesNoTime() {
    state.onProposals(0, proposals(0, SMALL, LARGE));
    state.onFound(failed(small));
    assertEquals(0, state.snapshot().fraction());
    assertEquals(1, state.snapshot().done());
    state.onStart(large, "cpu-0");
    wait(10);
    state.onProgress(large, "cpu-0", progress(5));
    assertEquals(0.5, state.snapshot().fraction(), 1e-9);
    assertEquals(10, state.snapshot().left().orElseThrow().toSeconds());
  }

  @Test
  void aKnownNetworkIsDoneFromTheStartOfTheNextGeneration() {
    state.onProposals(0, proposals(0, SMALL));
    state.onStart(small, "cpu-0");
    wait(4);
    state.onEnd(failed(small));
    assertEquals(1, state.snapshot().fraction());
    state.onGenerationEnd(
        new Generation(0, List.of(new Individual(SMALL, 0.5))), MadeUpSearch.NOTHING_TRAINED);
    state.onProposals(1, proposals(1, SMALL, SMALL, LARGE));
    SearchSnapshot now = state.snapshot();
    assertEquals(2, now.generation());
    assertEquals(2, now.done());
    assertEquals(0, now.fraction());
    double seconds = 4.0 * large.architecture().flops() / small.architecture().flops();
    assertEquals(seconds, now.left().orElseThrow().toMillis() / 1e3, 0.01, "the speed is known");
  }

  @Test
  void aJobIsWithOneWorkerAtATime() {
    state.onProposals(0, proposals(0, SMALL));
    state.onStart(small, "gpu0-10");
    state.onStart(small, "gpu0-9");
    List<WorkerState> workers = state.snapshot().workers();
    assertEquals(List.of("gpu0-9", "gpu0-10"), workers.stream().map(WorkerState::worker).toList());
    assertEquals("starting", workers.get(0).phase());
    assertEquals("idle", workers.get(1).phase());
    state.onProgress(small, "gpu0-9", progress(10));
    assertEquals("validation", state.snapshot().workers().get(0).phase());
    state.onEnd(failed(small));
    assertEquals("idle", state.snapshot().workers().get(0).phase());
  }
}
