package io.github.cnnevolution.report;

import static io.github.cnnevolution.report.MadeUpSearch.proposals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.TrainingProgress;
import java.nio.file.Path;
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

  private static Evaluation trained(EvaluationJob job, double accuracy) {
    return Evaluation.ofAccuracy(job, accuracy, List.of(), 1, 1, 1, "cpu-0");
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

  /** An executor that trains nothing is shown too. */
  @Test
  void executorsOfAClusterAreCounted() {
    assertEquals(Optional.empty(), state.snapshot().cluster());
    ExecutorState gpu = new ExecutorState("node7/3", 4, List.of("0"), "gpu NVIDIA L4");
    ExecutorState idle = new ExecutorState("node7/12", 2, List.of());
    ExecutorState other = new ExecutorState("node8/4", 2, List.of());
    state.onSearchStart(
        MadeUpSearch.start(
            new RunDirectory(Path.of("run")), null, () -> List.of(gpu, idle, other)));
    state.onStart(small, "node7/3-0");
    state.onStart(large, "node7/3-1");
    state.onProgress(large, "node7/3-1", progress(4));
    SearchSnapshot now = state.snapshot();
    assertEquals(2, now.running(gpu));
    assertEquals(progress(4).imagesPerSecond(), now.imagesPerSecond(gpu));
    assertEquals(0, now.running(idle));
    assertEquals(
        Optional.of("3 executors on 2 hosts: 2 of 8 candidates in training"), now.cluster());
    state.onEnd(trained(small, 0.5));
    assertEquals(1, state.snapshot().running(gpu));
  }

  private SearchState budget(AlgorithmSettings algorithm) {
    SearchStart start = MadeUpSearch.start(5, List::of);
    SearchState guided = new SearchState(clock::get);
    guided.onSearchStart(
        new SearchStart(
            SearchSettings.builder().builtIn(algorithm).build(),
            start.directory(),
            start.store(),
            start.dataName(),
            start.classes(),
            start.trainingImages(),
            start.validationImages(),
            start.devices(),
            start.precision(),
            start.workersPerDevice(),
            start.generationsDone(),
            start.gpuUsages(),
            start.executors()));
    return guided;
  }

  /** What is still to be proposed is expected to be as large as what was, not to take as long. */
  @Test
  void theTimeLeftFollowsFromTheBudget() {
    for (String name : List.of("genetic", "steady")) {
      SearchState guided = budget(AlgorithmSettings.of(name).withEvaluations(6));
      guided.onProposals(0, proposals(0, SMALL, LARGE));
      guided.onStart(small, "cpu-0");
      wait(10);
      guided.onEnd(trained(small, 0.5));
      double tenSeconds = small.architecture().flops();
      double two = tenSeconds + large.architecture().flops();
      SearchSnapshot now = guided.snapshot();
      assertEquals(
          10.0 * (large.architecture().flops() + 2.0 * two) / tenSeconds,
          (double) now.runLeft().orElseThrow().toSeconds(),
          1,
          name);
      assertEquals(1, now.networks());
      assertEquals(6, now.budget());
      assertEquals(name.equals("genetic"), now.hasGenerations());
      assertEquals(name.equals("genetic") ? 2 : 6, now.candidates());
    }
  }

  /** The remaining generations are expected to take as long as the latest three. */
  @Test
  void theTimeLeftOfTheRunFollowsFromTheGenerations() {
    Generation done = new Generation(0, List.of(new Individual(SMALL, 0.5)));
    state.onProposals(0, proposals(0, LARGE));
    state.onStart(large, "cpu-0");
    assertTrue(state.runLeft().isEmpty(), "nothing is known yet");
    wait(10);
    state.onProgress(large, "cpu-0", progress(5));
    // 10 more seconds, then four generations of 20.
    assertEquals(90, state.runLeft().orElseThrow().toSeconds());
    wait(10);
    state.onEnd(failed(large));
    state.onGenerationEnd(done, MadeUpSearch.NOTHING_TRAINED);
    assertEquals(80, state.runLeft().orElseThrow().toSeconds());
    for (int generation = 1; generation < 4; generation++) {
      state.onProposals(generation, proposals(generation, LARGE));
      wait(2);
      state.onGenerationEnd(done, MadeUpSearch.NOTHING_TRAINED);
    }
    assertEquals(2, state.runLeft().orElseThrow().toSeconds(), "the first one no longer counts");
    state.onProposals(4, proposals(4, LARGE));
    state.onGenerationEnd(done, MadeUpSearch.NOTHING_TRAINED);
    assertEquals(0, state.runLeft().orElseThrow().toSeconds());
  }

  /** What an earlier process did is repeated in no time, which says nothing about the rest. */
  @Test
  void repeatedGenerationsSayNothingAboutTheTimeLeft() {
    state.onProposals(0, proposals(0, SMALL));
    state.onFound(failed(small));
    state.onGenerationEnd(
        new Generation(0, List.of(new Individual(SMALL, 0.5))), MadeUpSearch.NOTHING_TRAINED);
    assertTrue(state.runLeft().isEmpty());
    state.onProposals(1, proposals(1, LARGE));
    state.onStart(large, "cpu-0");
    wait(10);
    state.onProgress(large, "cpu-0", progress(5));
    assertEquals(10 + 3 * 20, state.runLeft().orElseThrow().toSeconds());
  }

  @Test
  void theBestSoFarIsTheFirstOfTheHighestFitness() {
    assertTrue(state.snapshot().best().isEmpty());
    state.onProposals(0, proposals(0, SMALL, LARGE));
    state.onEnd(failed(small));
    assertTrue(state.snapshot().best().isEmpty(), "a failure is not the best");
    state.onFound(trained(large, 0.5));
    state.onEnd(trained(small, 0.5));
    assertEquals(large, state.snapshot().best().orElseThrow().job());
    state.onEnd(trained(small, 0.75));
    assertEquals(small, state.snapshot().best().orElseThrow().job());
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
