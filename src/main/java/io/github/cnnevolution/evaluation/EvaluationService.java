package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;

/**
 * Evaluates chromosomes; caches by architecture.
 *
 * <p>Requests come from one thread; results arrive from many. Owns the workers: closing stops them
 * within a training step.
 */
public final class EvaluationService implements AutoCloseable {
  private final JobPool<EvaluationJob, Evaluation> workers;
  private final SearchSpace space;
  private final int classes;
  private final EvaluationListener listener;
  private final EvaluationCache cache;
  private final Map<Request, CompletableFuture<Evaluation>> known = new HashMap<>();

  /** The part and the rest of a training are jobs of the same number. */
  private final Map<Architecture, Long> numbers = new HashMap<>();

  private long reused;

  /** What is trained, and how far. */
  private record Request(Architecture architecture, double fraction) {}

  /**
   * Starts the workers of all devices for plain networks of {@value Architecture#CLASSES} classes,
   * which tell {@code listener}; nothing is remembered.
   */
  public EvaluationService(
      List<DeviceWorkers<EvaluationJob, Evaluation>> devices, EvaluationListener listener) {
    this(devices, new PlainSpace(), Architecture.CLASSES, listener, EvaluationCache.NONE);
  }

  /** Starts the workers of all devices, which take the longest training first. */
  public EvaluationService(
      List<DeviceWorkers<EvaluationJob, Evaluation>> devices,
      SearchSpace space,
      int classes,
      EvaluationListener listener,
      EvaluationCache cache) {
    this(
        workers(devices, JobOrder.LONGEST_FIRST, listener, cache), space, classes, listener, cache);
  }

  /**
   * A service of workers that were started.
   *
   * @param workers closed with the service
   * @param space that the chromosomes belong to
   * @param classes that the networks tell apart: those of the data that the workers train on
   * @param listener receives results from the cache
   * @param cache what is known from before
   */
  public EvaluationService(
      JobPool<EvaluationJob, Evaluation> workers,
      SearchSpace space,
      int classes,
      EvaluationListener listener,
      EvaluationCache cache) {
    this.workers = workers;
    this.space = space;
    this.classes = classes;
    this.listener = listener;
    this.cache = cache;
  }

  /**
   * Starts the workers of all devices.
   *
   * @param devices at least one, each once
   * @param order in which they take the candidates
   * @param listener receives the starts and results of jobs
   * @param cache where each result is stored before it is handed on; the caller closes it, after
   *     the workers
   */
  public static JobPool<EvaluationJob, Evaluation> workers(
      List<DeviceWorkers<EvaluationJob, Evaluation>> devices,
      JobOrder order,
      EvaluationListener listener,
      EvaluationCache cache) {
    return new WorkerPool<>(devices, order, new EvaluationRecorder(listener, cache));
  }

  /**
   * Does these jobs one after the other, before any other job; the cache has their results then.
   *
   * @throws InterruptedException if the waiting thread is interrupted
   * @throws UncheckedIOException if a result could not be kept
   * @throws NoDeviceLeftException if every device has failed
   */
  public void doOneByOne(List<EvaluationJob> jobs) throws InterruptedException {
    for (EvaluationJob job : jobs) {
      await(workers.submit(job));
    }
  }

  /** Asks for the evaluation of a whole training; see {@link #submit(Chromosome, double)}. */
  public CompletableFuture<Evaluation> submit(Chromosome chromosome) {
    return submit(chromosome, 1);
  }

  /**
   * Asks for an evaluation.
   *
   * @param fraction the part of the training after which it is evaluated; what has been evaluated
   *     after a part goes on from there
   * @return the result, when it is there. If its architecture was submitted before for the same
   *     part, this is that job's result, with its chromosome
   */
  public CompletableFuture<Evaluation> submit(Chromosome chromosome, double fraction) {
    Architecture architecture = decode(chromosome);
    Request request = new Request(architecture, fraction);
    CompletableFuture<Evaluation> answer = known.get(request);
    if (answer != null) {
      reused++;
      return answer;
    }
    Long number = numbers.get(architecture);
    if (number == null) {
      number = cache.job(architecture.phenotype(), numbers.size());
      numbers.put(architecture, number);
    }
    EvaluationJob job = new EvaluationJob(number, chromosome, architecture, fraction);
    answer =
        cache
            .find(job, workers.microBatches(job))
            .map(this::found)
            .orElseGet(() -> workers.submit(job));
    known.put(request, answer);
    return answer;
  }

  /** The network that a chromosome stands for. */
  public Architecture decode(Chromosome chromosome) {
    return space.decode(chromosome, classes);
  }

  private CompletableFuture<Evaluation> found(Evaluation evaluation) {
    listener.onFound(evaluation);
    return CompletableFuture.completedFuture(evaluation);
  }

  /**
   * Evaluates all and waits. May take minutes a chromosome.
   *
   * @param onResult told of each result on the calling thread, in the order of the chromosomes, as
   *     soon as it and all before it are there
   * @return the results in the order of the chromosomes
   * @throws InterruptedException if the waiting thread is interrupted; jobs go on
   * @throws UncheckedIOException if a result could not be kept
   * @throws NoDeviceLeftException if every device has failed
   */
  public List<Evaluation> evaluate(
      List<Chromosome> chromosomes, BiConsumer<Chromosome, Evaluation> onResult)
      throws InterruptedException {
    List<CompletableFuture<Evaluation>> answers = new ArrayList<>();
    for (Chromosome chromosome : chromosomes) {
      answers.add(submit(chromosome));
    }
    List<Evaluation> evaluations = new ArrayList<>();
    for (CompletableFuture<Evaluation> answer : answers) {
      Evaluation evaluation = await(answer);
      onResult.accept(chromosomes.get(evaluations.size()), evaluation);
      evaluations.add(evaluation);
    }
    return evaluations;
  }

  /** Waits for a result of {@link #submit}; see {@link #evaluate}. */
  public static Evaluation await(CompletableFuture<Evaluation> answer) throws InterruptedException {
    if (Thread.interrupted()) {
      // What is known already is answered without waiting, generation after generation: nothing
      // else would notice.
      throw new InterruptedException();
    }
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException cannotKeep) {
        throw cannotKeep;
      }
      if (e.getCause() instanceof NoDeviceLeftException noDeviceLeft) {
        throw noDeviceLeft;
      }
      throw new IllegalStateException("a worker failed", e.getCause());
    }
  }

  /** Requests answered without a training of their own so far. */
  public long reused() {
    return reused;
  }

  /** The devices that have failed so far, in the order in which they did; their jobs went on. */
  public List<LostDevice> lostDevices() {
    return workers.lostDevices();
  }

  @Override
  public void close() {
    workers.close();
  }
}
