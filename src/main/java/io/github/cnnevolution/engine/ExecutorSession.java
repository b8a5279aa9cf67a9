package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.JobPool;
import io.github.cnnevolution.evaluation.KnownLatencies;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.files.ScratchDirectory;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.ConfusionMatrix;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The part of a search that is in an executor: the same session and the same workers as on a single
 * machine, which are asked candidate by candidate.
 */
final class ExecutorSession implements ExecutorWork {
  private final String executor;
  private final EvaluationSession session;
  private final SearchSpace space;
  private final JobPool<EvaluationJob, Evaluation> workers;
  private final ScratchDirectory scratch;
  private final Optional<RungFiles> rungs;
  private final Map<Long, Job> jobs = new ConcurrentHashMap<>();
  private final KnownLatencies latencies = new KnownLatencies();
  private final AtomicLong ids = new AtomicLong();

  /** Held for reading by each call; for writing by one that must be alone. */
  private final ReentrantReadWriteLock presence = new ReentrantReadWriteLock(true);

  /** What is learned of a job while it runs. */
  private static final class Job {
    private final double bar;
    private final TrainingListener progress;
    private volatile SentFile weights = SentFile.NONE;
    private volatile ComputeDevice device;
    private volatile long memoryBytes;

    Job(double bar, TrainingListener progress) {
      this.bar = bar;
      this.progress = progress;
    }
  }

  private ExecutorSession(
      String executor, ClusterSpec spec, EvaluationSession session, ScratchDirectory scratch) {
    this.executor = executor;
    this.session = session;
    this.space = spec.searchSpace();
    this.scratch = scratch;
    this.rungs =
        spec.rung() == 0
            ? Optional.empty()
            : Optional.of(new RungFiles(scratch.path().resolve("rungs"), spec.rung()));
    rungs.ifPresent(session::keepRungs);
    this.workers =
        session.workers(this::onTrained, progress(), this::onEnd, spec.objectives(), latencies);
  }

  /**
   * Loads LibTorch and the data, and starts the workers.
   *
   * @param gpus that the cluster gave to this process; empty: none
   * @param executor its name
   * @throws ClusterRefusalException if devices or data are others than those of the search
   */
  static ExecutorSession open(ClusterSpec spec, Optional<List<Integer>> gpus, String executor)
      throws InterruptedException {
    EvaluationSession session =
        new EvaluationSession(
            spec.settings(gpus),
            spec.searchSpace(),
            spec.java().fitnessFunction(),
            spec.java().evaluatorWrapper(),
            spec.test(),
            SessionListener.NONE);
    try {
      spec.check(executor, session.devices(), session.dataset());
      return new ExecutorSession(executor, spec, session, ScratchDirectory.create());
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private void onEnd(Evaluation evaluation, ComputeDevice device, long memoryBytes) {
    Job job = jobs.get(evaluation.job().id());
    // Nobody waits for a call that was given up.
    if (job != null) {
      job.device = device;
      job.memoryBytes = memoryBytes;
    }
  }

  private EvaluationListener progress() {
    return new EvaluationListener() {
      @Override
      public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
        Job asked = jobs.get(job.id());
        if (asked != null) {
          asked.progress.onProgress(progress);
        }
      }
    };
  }

  private void onTrained(Evaluation evaluation, Network network) {
    Job job = jobs.get(evaluation.job().id());
    if (job != null && evaluation.fitness() >= job.bar) {
      job.weights = new SentFile(KeptModels.weights(evaluation, network));
    }
  }

  private EvaluationJob job(String bits, double fraction) {
    Chromosome chromosome = new Chromosome(bits);
    return new EvaluationJob(
        ids.getAndIncrement(), chromosome, space.decode(chromosome, session.classes()), fraction);
  }

  /** Trains and measures a candidate. */
  EvaluateAnswer evaluate(EvaluateCall call, TrainingListener progress)
      throws InterruptedException {
    Lock lock = call.alone() ? presence.writeLock() : presence.readLock();
    lock.lockInterruptibly();
    EvaluationJob job = job(call.chromosome(), call.fraction());
    Job learned = new Job(call.bar(), progress);
    try {
      jobs.put(job.id(), learned);
      rungs.ifPresent(files -> files.write(call.checkpoints()));
      latencies.add(job.architecture(), call.latencies());
      CompletableFuture<Evaluation> result = workers.submit(job);
      Evaluation evaluation = EvaluationService.await(result);
      return EvaluateAnswer.of(
          executor,
          evaluation,
          learned.device,
          learned.memoryBytes,
          learned.weights,
          checkpoints(job, evaluation));
    } finally {
      jobs.remove(job.id());
      lock.unlock();
    }
  }

  /** The state of a training that may go on, on whichever executor; here it is of no use more. */
  private Map<String, byte[]> checkpoints(EvaluationJob job, Evaluation evaluation) {
    if (rungs.isEmpty()) {
      return Map.of();
    }
    String phenotype = job.architecture().phenotype();
    Map<String, byte[]> checkpoints = rungs.get().read(phenotype);
    rungs.get().delete(phenotype);
    return evaluation.isPart() ? checkpoints : Map.of();
  }

  /** Trains an evaluated candidate again. */
  RetrainAnswer retrain(RetrainCall call) throws InterruptedException {
    presence.readLock().lockInterruptibly();
    try {
      Evaluation evaluation =
          Evaluation.ofAccuracy(
              job(call.chromosome(), 1), call.fitness(), List.of(), 0, 0, call.microBatches(), "");
      List<SentFile> weights = new ArrayList<>();
      double accuracy =
          session.retrain(
              evaluation,
              workers.lostDevices(),
              network -> weights.add(new SentFile(KeptModels.weights(evaluation, network))));
      return new RetrainAnswer(accuracy, weights.get(0));
    } finally {
      presence.readLock().unlock();
    }
  }

  /** Measures a network on the test images. */
  TestAnswer test(TestCall call) throws InterruptedException {
    presence.readLock().lockInterruptibly();
    try {
      Architecture architecture = job(call.chromosome(), 1).architecture();
      Path file = Files.createTempFile(scratch.path(), "weights", ".pt");
      Files.write(file, call.weights().bytes());
      ConfusionMatrix matrix =
          session.confusion(architecture, workers.lostDevices(), network -> read(file, network));
      Files.delete(file);
      return TestAnswer.of(matrix);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } finally {
      presence.readLock().unlock();
    }
  }

  private static void read(Path file, Network network) {
    try (Weights weights = Weights.read(file, network)) {
      weights.copyTo(network);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Stops what still runs. */
  @Override
  public void close() {
    workers.close();
    session.close();
    scratch.close();
  }
}
