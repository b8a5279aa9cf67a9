package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.JobPool;
import io.github.cnnevolution.evaluation.KnownLatencies;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.evaluation.TrainingJob;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Has candidates trained by the executors of a cluster. Keeps a few more calls with the cluster
 * than it can make at once, so that no executor waits; the others wait here, where the next is
 * chosen. This process alone stores results and weights.
 *
 * <p>A candidate whose executor is lost is tried again: alone in its executor if native code has
 * ended the process, and not a third time after that. Losses without such evidence say nothing
 * about a candidate; but a run that loses executors without end stops, and can be resumed.
 */
final class ClusterPool implements JobPool<EvaluationJob, Evaluation> {
  /** How often a candidate may crash its process. */
  static final int CRASHES = 2;

  /** How often a call may lose its executor for other reasons, which then need a person. */
  static final int LOSSES = 20;

  private final Cluster cluster;
  private final ClusterSpec spec;
  private final ComputeDevice device;
  private final Optional<KeptModels> models;
  private final Optional<RungFiles> rungs;
  private final KnownLatencies latencies;
  private final EvaluationListener listener;
  private final EvaluationCache cache;
  private final Consumer<String> notices;
  private final NavigableSet<Attempt> waiting;
  private final Map<Long, CompletableFuture<Evaluation>> results = new HashMap<>();
  private final Map<Long, CompletableFuture<EvaluateAnswer>> calls = new HashMap<>();
  private final Map<Long, Sent> sent = new HashMap<>();
  private final ExecutorPlaces places;
  private boolean closed;

  /**
   * A job and what became of it before.
   *
   * @param crashes of processes that trained it
   * @param losses of executors that trained it, crashes included
   */
  private record Attempt(EvaluationJob job, int crashes, int losses) {
    Attempt after(ExecutorLostException lost) {
      return new Attempt(job, crashes + (lost.hasCrashed() ? 1 : 0), losses + 1);
    }

    boolean isFirst() {
      return losses == 0;
    }
  }

  /**
   * A pool; the caller closes what it is given.
   *
   * @param spec of the search
   * @param device that stands for those of all executors
   * @param models keep the weights of the best; empty: nobody does
   * @param rungs where checkpoints of trainings are that are evaluated before their end
   * @param latencies that were measured; the caller adds those of results
   * @param notices receives in one line what a person should know
   */
  ClusterPool(
      Cluster cluster,
      ClusterSpec spec,
      ComputeDevice device,
      Optional<KeptModels> models,
      Optional<RungFiles> rungs,
      KnownLatencies latencies,
      JobOrder order,
      EvaluationListener listener,
      EvaluationCache cache,
      Consumer<String> notices) {
    this.cluster = cluster;
    this.spec = spec;
    this.device = device;
    this.models = models;
    this.rungs = rungs;
    this.latencies = latencies;
    this.listener = listener;
    this.cache = cache;
    this.notices = notices;
    this.places = new ExecutorPlaces(cluster.slotsOfExecutor());
    Comparator<Attempt> repeatedFirst = Comparator.comparing(Attempt::isFirst);
    Comparator<TrainingJob> jobs = order.jobs();
    this.waiting = new TreeSet<>(repeatedFirst.thenComparing(Attempt::job, jobs));
    cluster.onChange(this::fill);
  }

  @Override
  public CompletableFuture<Evaluation> submit(EvaluationJob job) {
    CompletableFuture<Evaluation> result = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(new Attempt(job, 0, 0));
      results.put(job.id(), result);
    }
    fill();
    return result;
  }

  /** Gives the cluster as many calls as it can make, and some that it can begin at once. */
  private void fill() {
    while (true) {
      Attempt next;
      synchronized (this) {
        if (closed || waiting.isEmpty() || calls.size() >= mostCalls()) {
          return;
        }
        next = waiting.pollFirst();
        // Holds the place until the call is there.
        calls.put(next.job().id(), new CompletableFuture<>());
      }
      send(next);
    }
  }

  private int mostCalls() {
    int slots = cluster.slots();
    return slots + Math.max(1, slots / 4);
  }

  private void send(Attempt attempt) {
    EvaluationJob job = attempt.job();
    Sent call = new Sent(job);
    synchronized (this) {
      sent.put(job.id(), call);
    }
    try {
      CompletableFuture<EvaluateAnswer> answer =
          cluster.submit(
              job.architecture().phenotype(),
              new EvaluateCall(
                  spec,
                  job.chromosome().bits(),
                  job.fraction(),
                  models.map(KeptModels::bar).orElse(Double.POSITIVE_INFINITY),
                  rungs.map(files -> files.read(job.architecture().phenotype())).orElse(Map.of()),
                  latencies.of(job.architecture()).orElse(Map.of()),
                  attempt.crashes() > 0),
              call);
      boolean late;
      synchronized (this) {
        calls.put(job.id(), answer);
        late = closed;
      }
      if (late) {
        answer.cancel(true);
      }
      CompletableFuture<Void> unused =
          answer.handle(
              (result, error) -> {
                end(attempt, call, result, error);
                return null;
              });
    } catch (RuntimeException e) {
      // For instance a checkpoint that cannot be read.
      end(attempt, call, null, e);
    }
  }

  /**
   * A call that the cluster has. News of its beginning may come after its end; a result always has
   * a beginning.
   */
  private final class Sent implements Cluster.CallListener {
    private final EvaluationJob job;
    private Optional<String> worker = Optional.empty();
    private boolean over;

    Sent(EvaluationJob job) {
      this.job = job;
    }

    @Override
    public void onStart(String executor) {
      if (!isOver()) {
        release(job);
        places.take(job.id(), executor).ifPresent(this::begin);
      }
    }

    @Override
    public synchronized void onProgress(TrainingProgress progress) {
      if (!over && worker.isPresent()) {
        listener.onProgress(job, worker.get(), progress);
      }
    }

    @Override
    public void onEnd() {
      release(job);
    }

    private synchronized boolean isOver() {
      return over;
    }

    synchronized void begin(String name) {
      if (over) {
        return;
      }
      worker = Optional.of(name);
      listener.onStart(job, name);
      cache.started(job, name);
    }

    /**
     * Notes that the result is there.
     *
     * @param executor that had it, if that is known
     * @return the name of the worker that had it
     */
    synchronized String end(String executor) {
      if (worker.isEmpty()) {
        begin(places.force(job.id(), executor));
      }
      over = true;
      return worker.get();
    }
  }

  /** Frees the place of a job. Whoever waits for it begins. */
  private void release(EvaluationJob job) {
    Optional<ExecutorPlaces.Grant> next = places.release(job.id());
    if (next.isPresent()) {
      Sent waiter;
      synchronized (this) {
        waiter = sent.get(next.get().job());
      }
      if (waiter != null) {
        waiter.begin(next.get().name());
      }
    }
  }

  private void end(Attempt attempt, Sent call, EvaluateAnswer answer, Throwable error) {
    EvaluationJob job = attempt.job();
    CompletableFuture<Evaluation> result;
    synchronized (this) {
      calls.remove(job.id());
      sent.remove(job.id());
      if (closed) {
        return;
      }
      result = results.get(job.id());
    }
    try {
      String worker = call.end(answer == null ? "unknown" : answer.executor());
      release(job);
      if (error == null) {
        complete(job, answer, worker, result);
      } else {
        fail(attempt, cause(error), worker, result);
      }
    } catch (RuntimeException | Error e) {
      // The result cannot be stored: whoever waits gets the error.
      result.completeExceptionally(e);
    }
    fill();
  }

  private static Throwable cause(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private void complete(
      EvaluationJob job,
      EvaluateAnswer answer,
      String worker,
      CompletableFuture<Evaluation> result) {
    Evaluation evaluation = answer.evaluation(job, worker);
    rungs.ifPresent(files -> files.write(answer.checkpoints()));
    if (!answer.weights().isEmpty()) {
      models.orElseThrow().onTrained(evaluation, answer.weights().bytes());
    }
    finish(evaluation, answer.device(), answer.memoryBytes(), result);
  }

  private void finish(
      Evaluation evaluation,
      ComputeDevice trainedOn,
      long memoryBytes,
      CompletableFuture<Evaluation> result) {
    // Stored before anybody receives it.
    cache.ended(evaluation, trainedOn, memoryBytes);
    listener.onEnd(evaluation);
    synchronized (this) {
      results.remove(evaluation.job().id());
    }
    result.complete(evaluation);
  }

  private void fail(
      Attempt attempt, Throwable error, String worker, CompletableFuture<Evaluation> result) {
    if (error instanceof CancellationException) {
      return;
    }
    if (!(error instanceof ExecutorLostException lost)) {
      result.completeExceptionally(asStop(error));
      return;
    }
    Attempt next = attempt.after(lost);
    if (next.crashes() >= CRASHES) {
      finish(
          Evaluation.failed(attempt.job(), FailureKind.DEATHS, "ended the process twice", worker),
          device,
          0,
          result);
    } else if (next.losses() >= LOSSES) {
      result.completeExceptionally(
          stop(
              Text.format(
                  "the cluster has lost %d executors that trained %s, the last one: %s",
                  next.losses(), attempt.job().architecture().phenotype(), lost.getMessage()),
              lost));
    } else {
      notices.accept(
          Text.format(
              "the executor that trained %s (%s) is lost; it is trained again%s: %s",
              attempt.job().architecture().phenotype(),
              worker,
              lost.hasCrashed() ? " alone" : "",
              lost.getMessage()));
      synchronized (this) {
        waiting.add(next);
      }
    }
  }

  private RuntimeException asStop(Throwable error) {
    return error instanceof UncheckedIOException io
        ? io
        : stop(
            error instanceof ClusterRefusalException
                ? error.getMessage()
                : Text.format("the cluster %s: %s", cluster.name(), error.getMessage()),
            error);
  }

  /** Ends the run, which can be resumed. */
  static UncheckedIOException stop(String message, Throwable cause) {
    return new UncheckedIOException(message, new IOException(message, cause));
  }

  /** Executors have their memory to themselves, and split batches if it is short. */
  @Override
  public int microBatches(EvaluationJob job) {
    return 1;
  }

  /** None: the cluster replaces executors. */
  @Override
  public List<LostDevice> lostDevices() {
    return List.of();
  }

  @Override
  public void close() {
    List<CompletableFuture<EvaluateAnswer>> open;
    synchronized (this) {
      closed = true;
      waiting.clear();
      open = List.copyOf(calls.values());
    }
    open.forEach(call -> call.cancel(true));
  }
}
