package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.TrainingProgress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tracks a search: the progress of the generation, its time left, the job of each worker. Views
 * poll {@link #snapshot}; a training step triggers no drawing.
 *
 * <p>Time is measured in FLOPs: networks differ in size by a factor of a hundred, so the number of
 * candidates predicts the time left poorly. Safe to use from many threads.
 */
public final class SearchState implements SearchListener {
  private static final double NANOS = 1e9;

  /** Later generations find more networks known, so the first say little about the last. */
  private static final int RECENT_GENERATIONS = 3;

  private final LongSupplier clock;
  private final Map<String, WorkerState> workers = new HashMap<>();

  /** Networks with a result. */
  private final Set<Architecture> known = new HashSet<>();

  /** Networks of this generation without a result at its start, with their number of candidates. */
  private final Map<Architecture, Integer> pending = new HashMap<>();

  private SearchSpace space = new PlainSpace();
  private int classes = Architecture.CLASSES;

  /** How many distinct networks the whole search may evaluate; 0 without a limit. */
  private int budget;

  private boolean hasGenerations = true;

  private Supplier<List<ExecutorState>> executors = List::of;

  /** All networks that were proposed, and the sum of their FLOPs. */
  private final Set<Architecture> proposed = new HashSet<>();

  private double proposedWork;

  private int generations;
  private int generation;
  private int candidates;
  private int done;
  private double work;
  private double workDone;
  private double workDoneBefore;
  private long generationStart;
  private double nanosBefore;
  private boolean ended = true;

  /** Nanoseconds that the latest generations took, without those that an earlier process did. */
  private final Deque<Double> recent = new ArrayDeque<>();

  private Optional<Duration> limit = Optional.empty();
  private long searchStart;
  private Optional<Evaluation> best = Optional.empty();

  /** Creates the state of a search that has not begun. */
  public SearchState() {
    this(System::nanoTime);
  }

  /**
   * Creates the state of a search that has not begun.
   *
   * @param clock in nanoseconds
   */
  SearchState(LongSupplier clock) {
    this.clock = clock;
    this.generationStart = clock.getAsLong();
  }

  @Override
  public void onSearchStart(SearchStart start) {
    begin(start.settings().genetic().generations(), start.settings().space(), start.classes());
    synchronized (this) {
      hasGenerations = !SearchText.hasNoGenerations(start.settings());
      budget = start.settings().evaluations().orElse(0);
      limit = start.settings().maxTime();
      executors = start.executors();
      searchStart = clock.getAsLong();
    }
  }

  /**
   * Starts the search.
   *
   * @param ofSearch number of generations of the search
   * @param networks the search space
   * @param labels number of classes
   */
  synchronized void begin(int ofSearch, SearchSpace networks, int labels) {
    generations = ofSearch;
    space = networks;
    classes = labels;
  }

  /** Returns the name of the network of a chromosome. */
  synchronized String phenotype(Chromosome chromosome) {
    return space.decode(chromosome, classes).phenotype();
  }

  @Override
  public synchronized void onProposals(int index, List<Proposal> proposals) {
    if (ended || index + 1 != generation) {
      close();
      ended = false;
      generation = index + 1;
      candidates = 0;
      generationStart = clock.getAsLong();
    }
    for (Proposal proposal : proposals) {
      candidates += proposal.operator().equals(Operators.CONTINUE) ? 0 : 1;
      Architecture architecture = space.decode(proposal.chromosome(), classes);
      if (proposed.add(architecture)) {
        proposedWork += architecture.flops();
      }
      if (known.contains(architecture)) {
        done++;
      } else if (pending.merge(architecture, 1, Integer::sum) == 1) {
        work += architecture.flops() * proposal.fraction();
      }
    }
  }

  @Override
  public synchronized void onGenerationEnd(Generation complete, GenerationCounts counts) {
    close();
  }

  /** Ends the generation: adds it to the measured speed and resets the counts. */
  private void close() {
    if (!ended) {
      double nanos = clock.getAsLong() - generationStart;
      if (work > 0) {
        workDoneBefore += workDone;
        nanosBefore += nanos;
      }
      if (work > 0 || !recent.isEmpty()) {
        recent.addLast(nanos);
        while (recent.size() > RECENT_GENERATIONS) {
          recent.removeFirst();
        }
      }
    }
    ended = true;
    pending.clear();
    done = 0;
    work = 0;
    workDone = 0;
  }

  @Override
  public synchronized void onStart(EvaluationJob job, String worker) {
    // A retried job has left its previous worker.
    workers.replaceAll(
        (name, state) ->
            state.job().filter(other -> other.id() == job.id()).isPresent()
                ? WorkerState.idle(name)
                : state);
    workers.put(
        worker,
        new WorkerState(worker, Optional.of(job), System.currentTimeMillis(), Optional.empty()));
  }

  @Override
  public synchronized void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
    WorkerState before = workers.get(worker);
    if (before != null) {
      workers.put(
          worker,
          new WorkerState(worker, before.job(), before.startedMillis(), Optional.of(progress)));
    }
  }

  @Override
  public synchronized void onStopped(Evaluation evaluation) {
    done++;
  }

  @Override
  public synchronized void onFound(Evaluation evaluation) {
    finish(evaluation).ifPresent(flops -> work -= flops);
  }

  @Override
  public synchronized void onEnd(Evaluation evaluation) {
    workers.replaceAll(
        (name, state) ->
            state.job().filter(job -> job.id() == evaluation.job().id()).isPresent()
                ? WorkerState.idle(name)
                : state);
    finish(evaluation).ifPresent(flops -> workDone += flops);
  }

  /** Counts a result; returns the FLOPs of its network if the generation waited for it. */
  private OptionalDouble finish(Evaluation evaluation) {
    if (evaluation.isPart()) {
      // It is done when it has gone on, or was stopped.
      pending.remove(evaluation.job().architecture());
      return OptionalDouble.of((double) evaluation.job().work());
    }
    if (!evaluation.isFailed() && best.filter(b -> b.fitness() >= evaluation.fitness()).isEmpty()) {
      best = Optional.of(evaluation);
    }
    Architecture architecture = evaluation.job().architecture();
    known.add(architecture);
    Integer count = pending.remove(architecture);
    if (count == null) {
      return OptionalDouble.empty();
    }
    done += count;
    return OptionalDouble.of((double) architecture.flops());
  }

  /** Returns the current state. */
  public synchronized SearchSnapshot snapshot() {
    double now = workDone + workInFlight();
    double nanos = ended ? 0 : clock.getAsLong() - generationStart;
    double fraction =
        !hasGenerations
            ? (double) done / budget
            : work > 0 ? Math.min(1, now / work) : done == candidates && done > 0 ? 1 : 0;
    List<WorkerState> states = new ArrayList<>(workers.values());
    states.sort(WorkerState.ORDER);
    Optional<Duration> left = left(now, nanos);
    return new SearchSnapshot(
        generation,
        generations,
        hasGenerations ? candidates : Math.max(budget, candidates),
        done,
        fraction,
        Duration.ofNanos((long) nanos),
        left,
        untilEnd(now, nanos, left),
        best,
        states,
        known.size(),
        budget,
        hasGenerations,
        executors.get());
  }

  /**
   * Returns the estimated time to the end of the search, as if each generation took as long as the
   * latest, or as if the networks that are still to be evaluated were as large as those before; at
   * most what {@code --max_time} leaves. Empty while unknown.
   */
  public synchronized Optional<Duration> runLeft() {
    return snapshot().runLeft();
  }

  /** By the generations or by the budget, whichever ends first. */
  private Optional<Duration> untilEnd(double now, double nanos, Optional<Duration> left) {
    Optional<Duration> byGenerations =
        hasGenerations && generations != GeneticParameters.UNLIMITED
            ? runLeft(left, nanos)
            : Optional.empty();
    Optional<Duration> byBudget = budget > 0 ? atMost(budgetLeft(now, nanos)) : Optional.empty();
    return Stream.of(byGenerations, byBudget)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  private Optional<Duration> runLeft(Optional<Duration> left, double nanos) {
    List<Double> times = new ArrayList<>(recent);
    double current = 0;
    if (!ended) {
      if (left.isEmpty()) {
        return Optional.empty();
      }
      current = left.get().toNanos();
      times.add(nanos + current);
    }
    double mean = times.stream().mapToDouble(time -> time).average().orElse(Double.NaN);
    double all = current + Math.max(0, generations - generation) * mean;
    return atMost(all);
  }

  /** A time in nanoseconds, but at most what {@code --max_time} leaves; empty if it is NaN. */
  private Optional<Duration> atMost(double nanos) {
    if (Double.isNaN(nanos)) {
      return Optional.empty();
    }
    double most =
        limit
            .map(time -> time.toNanos() - (double) (clock.getAsLong() - searchStart))
            .orElse(nanos);
    return Optional.of(Duration.ofNanos(Math.round(Math.max(0, Math.min(nanos, most)))));
  }

  /**
   * Estimates the time that the rest of the budget takes: what has not been proposed yet is as
   * large as what was. NaN while unknown.
   */
  private double budgetLeft(double now, double nanos) {
    double speed = speed(now, nanos);
    double later = (budget - proposed.size()) * proposedWork / proposed.size();
    return speed > 0 ? Math.max(0, work - now + later) / speed : Double.NaN;
  }

  /** FLOPs of networks trained in a nanosecond; NaN in the first second. */
  private double speed(double now, double nanos) {
    return nanosBefore + nanos < NANOS
        ? Double.NaN
        : (workDoneBefore + now) / (nanosBefore + nanos);
  }

  private double workInFlight() {
    double sum = 0;
    for (WorkerState state : workers.values()) {
      if (state.job().isPresent() && state.progress().isPresent()) {
        Architecture architecture = state.job().get().architecture();
        if (pending.containsKey(architecture)) {
          sum += architecture.flops() * state.progress().get().fraction();
        }
      }
    }
    return sum;
  }

  /** Estimates at the mean speed of the search; unknown in the first second. */
  private Optional<Duration> left(double now, double nanos) {
    double speed = speed(now, nanos);
    if (ended || !(speed > 0)) {
      return Optional.empty();
    }
    if (!hasGenerations) {
      return Optional.of(Duration.ofNanos(Math.round(budgetLeft(now, nanos))));
    }
    return Optional.of(Duration.ofNanos(Math.round(Math.max(0, work - now) / speed)));
  }
}
