package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.SearchLog;
import io.github.cnnevolution.run.StoredEvaluationCache;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Individual;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Outcome;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.ActiveClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntConsumer;

/**
 * Asks an algorithm for candidates, has them evaluated, and tells it what came of them.
 *
 * <p>The algorithm is asked until it has nothing more to propose, and is told outcomes one at a
 * time, after each of which it is asked again: in the order of the proposals, or as they arrive, if
 * it is asynchronous. So what it knows when it proposes does not depend on which worker was fast:
 * the same seed gives the same search. Runs on one thread.
 */
final class SearchLoop {
  private final SearchAlgorithm algorithm;
  private final EvaluationService service;
  private final StoredEvaluationCache cache;
  private final KeptModels models;
  private final SearchLog log;
  private final SearchListener listener;
  private final IntConsumer generationsDone;
  private final Queue<Pending> pending = new ArrayDeque<>();

  /** Of an asynchronous algorithm those in {@link #pending} whose results are there. */
  private final BlockingQueue<Pending> arrived = new LinkedBlockingQueue<>();

  /** Parts of trainings that have been told and not been decided, by proposal. */
  private final Map<Long, Part> undecided = new TreeMap<>();

  private final Optional<RungFiles> rungs;

  /** Whether it waits for results that no earlier process has left. */
  private boolean replayed;

  private final Map<Integer, GenerationProgress> open = new LinkedHashMap<>();
  private final List<Generation> completed = new ArrayList<>();
  private final ActiveClock clock;
  private long startNanos;

  /** A proposal whose outcome has not been told. */
  private record Pending(Proposal proposal, CompletableFuture<Evaluation> result, Source source) {}

  /** A result after a part of a training. */
  private record Part(Proposal proposal, Evaluation evaluation, Outcome outcome) {}

  /** Where the result of a proposal comes from. */
  private enum Source {
    TRAINING,
    OTHER_CANDIDATE,
    STORE
  }

  /** What is known of a generation that is not complete. */
  private static final class GenerationProgress {
    /** By proposal, which is not the order in which results arrive. */
    private final Map<Long, Individual> individuals = new TreeMap<>();

    private int proposed;
    private int told;
    private long trained;
    private long saved;
    private long stored;
    private long stopped;
    private long tooSlow;

    void count(Source source, Evaluation evaluation) {
      tooSlow += evaluation.failure().equals(Optional.of(FailureKind.LATENCY)) ? 1 : 0;
      trained += source == Source.TRAINING && !evaluation.isFailed() ? 1 : 0;
      saved += source == Source.OTHER_CANDIDATE ? 1 : 0;
      stored += source == Source.STORE ? 1 : 0;
    }
  }

  /**
   * A loop.
   *
   * @param generationsDone told the number of complete generations
   * @param clock measures how long a generation takes
   * @param rungs the checkpoints of parts of trainings, removed when they are of no use any more
   */
  SearchLoop(
      SearchAlgorithm algorithm,
      EvaluationService service,
      StoredEvaluationCache cache,
      KeptModels models,
      SearchLog log,
      SearchListener listener,
      IntConsumer generationsDone,
      ActiveClock clock,
      Optional<RungFiles> rungs) {
    this.algorithm = algorithm;
    this.service = service;
    this.cache = cache;
    this.models = models;
    this.log = log;
    this.listener = listener;
    this.generationsDone = generationsDone;
    this.clock = clock;
    this.rungs = rungs;
    this.startNanos = clock.nanos();
  }

  /**
   * Runs to the end of the algorithm.
   *
   * @throws InterruptedException if the thread is interrupted; what is complete can be asked for
   * @throws io.github.cnnevolution.evaluation.NoDeviceLeftException if every device has failed
   */
  void run() throws InterruptedException {
    try {
      ask();
      while (!pending.isEmpty()) {
        replayed |= arrived.isEmpty();
        tell(next());
        ask();
      }
      rungs.ifPresent(files -> files.retain(Set.of()));
    } finally {
      log.flush();
    }
    if (!algorithm.isFinished()) {
      throw new IllegalStateException(
          Text.format(
              "the algorithm '%s' is not finished, but proposes nothing and waits for nothing",
              algorithm.name()));
    }
  }

  private Pending next() throws InterruptedException {
    if (!algorithm.isAsynchronous()) {
      return pending.remove();
    }
    Pending first = arrived.take();
    pending.remove(first);
    return first;
  }

  /**
   * Removes the checkpoints of trainings that are over. Not while results of an earlier process are
   * told again: what it had begun is not all known yet.
   *
   * @param proposals that are about to be evaluated
   */
  private void removeCheckpoints(List<Proposal> proposals) {
    if (rungs.isEmpty() || !replayed) {
      return;
    }
    Set<String> needed = new HashSet<>();
    proposals.forEach(proposal -> needed.add(phenotype(proposal)));
    pending.forEach(one -> needed.add(phenotype(one.proposal())));
    undecided.values().forEach(part -> needed.add(phenotype(part.proposal())));
    rungs.get().retain(needed);
  }

  private String phenotype(Proposal proposal) {
    return service.decode(proposal.chromosome()).phenotype();
  }

  /** A part of a training is told to the log when the algorithm has decided what becomes of it. */
  private void decide(List<Proposal> proposals) {
    Set<Long> goOn = new HashSet<>();
    for (Proposal proposal : proposals) {
      if (proposal.operator().equals(Operators.CONTINUE)) {
        goOn.addAll(proposal.parents());
      }
    }
    Set<Long> waiting = undecided.isEmpty() ? Set.of() : algorithm.undecided();
    for (Part part : List.copyOf(undecided.values())) {
      long index = part.proposal.index();
      if (!waiting.contains(index)) {
        undecided.remove(index);
        log.tell(part.outcome);
        if (!goOn.contains(index)) {
          open.get(part.proposal.generation()).stopped++;
          listener.onStopped(part.evaluation);
        }
      }
    }
  }

  private void ask() {
    Map<Integer, List<Proposal>> fresh = new LinkedHashMap<>();
    List<Proposal> proposals = new ArrayList<>();
    for (Optional<Proposal> next = algorithm.ask(); next.isPresent(); next = algorithm.ask()) {
      proposals.add(next.get());
      fresh.computeIfAbsent(next.get().generation(), g -> new ArrayList<>()).add(next.get());
    }
    decide(proposals);
    removeCheckpoints(proposals);
    if (algorithm.isFinished() || !proposals.isEmpty()) {
      int reached =
          proposals.isEmpty()
              ? Integer.MAX_VALUE
              : proposals.get(proposals.size() - 1).generation();
      completeBefore(reached);
    }
    fresh.forEach(
        (generation, some) -> {
          if (open.put(generation, progress(generation, some.size())) == null) {
            startNanos = clock.nanos();
          }
          listener.onProposals(generation, some);
        });
    for (Proposal proposal : proposals) {
      log.propose(proposal, phenotype(proposal));
      Pending submitted = submit(proposal);
      pending.add(submitted);
      if (algorithm.isAsynchronous()) {
        CompletableFuture<Evaluation> unused =
            submitted.result().whenComplete((evaluation, error) -> arrived.add(submitted));
      }
    }
    if (!proposals.isEmpty()) {
      log.flush();
    }
  }

  private Pending submit(Proposal proposal) {
    long saved = service.reused();
    int stored = cache.answered();
    CompletableFuture<Evaluation> result =
        service.submit(proposal.chromosome(), proposal.fraction());
    Source source =
        service.reused() > saved
            ? Source.OTHER_CANDIDATE
            : cache.answered() > stored ? Source.STORE : Source.TRAINING;
    if (source == Source.STORE) {
      // The store has it from now on, even if the search is stopped before it is told.
      models.register(result.join());
    }
    return new Pending(proposal, result, source);
  }

  private GenerationProgress progress(int generation, int more) {
    GenerationProgress progress = open.getOrDefault(generation, new GenerationProgress());
    progress.proposed += more;
    return progress;
  }

  private void tell(Pending next) throws InterruptedException {
    Evaluation evaluation = EvaluationService.await(next.result());
    models.register(evaluation);
    Proposal proposal = next.proposal();
    Outcome outcome =
        new Outcome(
            proposal.index(),
            evaluation.fitness(),
            evaluation.objectives(),
            evaluation.trainedFraction());
    GenerationProgress progress = open.get(proposal.generation());
    progress.told++;
    if (evaluation.isPart()) {
      undecided.put(proposal.index(), new Part(proposal, evaluation, outcome));
    } else {
      log.tell(outcome);
      progress.individuals.put(
          proposal.index(), new Individual(proposal.chromosome(), evaluation.fitness()));
      progress.count(next.source(), evaluation);
    }
    algorithm.tell(outcome);
  }

  /** Closes the generations to which nothing can be added and whose outcomes are all told. */
  private void completeBefore(int generation) {
    List<Integer> done =
        open.entrySet().stream()
            .filter(e -> e.getKey() < generation)
            .filter(e -> e.getValue().told == e.getValue().proposed)
            .map(Map.Entry::getKey)
            .toList();
    for (int index : done) {
      GenerationProgress progress = open.remove(index);
      Generation complete = new Generation(index, List.copyOf(progress.individuals.values()));
      completed.add(complete);
      log.flush();
      generationsDone.accept(completed.size());
      listener.onGenerationEnd(
          complete,
          new GenerationCounts(
              progress.trained,
              progress.saved,
              progress.stored,
              progress.stopped,
              progress.tooSlow,
              (clock.nanos() - startNanos) / 1e9));
      startNanos = clock.nanos();
    }
  }

  /** The generations that are complete, in their order. */
  List<Generation> completed() {
    return List.copyOf(completed);
  }
}
