package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.FinalTrainingJob;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.SeedResult;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.ConfusionMatrix;
import io.github.cnnevolution.training.TrainingProgress;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * A final training by the executors of a cluster. They train each seed some epochs at a time; then
 * its checkpoint comes back to this process, which alone writes files, and the training goes on
 * from there, on any executor. A lost executor costs what it has trained since.
 */
final class ClusterSeedSession implements SeedSession {
  /** How long an executor trains until its checkpoint comes back, at least one epoch. */
  private static final double SECONDS_OF_A_CALL = 120;

  private final Cluster cluster;
  private final FinalTrainingSettings settings;
  private final String chromosome;
  private final FinalTrainingData data;
  private final Architecture architecture;
  private final ClusterDevices chosen;
  private final ClusterSpec spec;
  private final TrainingRecipe recipe;

  /**
   * Reads the data and asks the first executor what it trains on: all others must have the same.
   *
   * @throws SettingException if a setting does not fit a cluster, or an executor the settings
   */
  ClusterSeedSession(
      Cluster cluster,
      FinalTrainingSettings settings,
      Chromosome chromosome,
      SearchSpace space,
      SessionListener listener)
      throws InterruptedException {
    this.cluster = cluster;
    this.settings = settings;
    this.chromosome = chromosome.bits();
    ClusterSpec known = ClusterSpec.of(settings, space, cluster.slotsOfExecutor());
    this.data =
        new FinalTrainingData(EvaluationSession.locate(settings.training(), listener), settings);
    this.architecture = space.decode(chromosome, data.classes());
    settings.training().require(architecture);
    this.chosen =
        new ClusterCalls(cluster).make("devices", new DevicesCall(known, chromosome.bits()));
    this.spec = known.with(chosen, data.dataset().digest());
    this.recipe = settings.recipe(space, chosen.precision());
    listener.onNotice(chosen.notice(cluster, settings.training().mixedDevices()));
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public TrainingRun.Data data() {
    return data.facts();
  }

  @Override
  public TrainingRecipe recipe() {
    return recipe;
  }

  @Override
  public CudaGraphsMode graphs() {
    return chosen.graphs();
  }

  /** One for all that are alike. */
  @Override
  public List<ComputeDevice> devices() {
    return List.of(chosen.devices().get(0));
  }

  @Override
  public int parallelTrainings() {
    return Math.max(1, Math.min(settings.seeds(), cluster.slots()));
  }

  /**
   * Has a thread wait for each seed, of as many at a time as the cluster has slots: each holds its
   * checkpoint in the driver's memory, several times. Executors may still come.
   */
  @Override
  public List<LostDevice> train(
      RunDirectory directory, SeedResults results, FinalTrainingListener listener)
      throws InterruptedException {
    List<Long> seeds = results.untrained();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      CompletionService<Long> trained = new ExecutorCompletionService<>(threads);
      int begun = 0;
      int ended = 0;
      while (ended < seeds.size()) {
        while (begun < seeds.size() && begun - ended < Math.max(1, cluster.slots())) {
          long seed = seeds.get(begun++);
          trained.submit(
              () -> {
                train(seed, directory, results, listener);
                return seed;
              });
        }
        Future<Long> first = trained.poll(1, TimeUnit.SECONDS);
        if (first != null) {
          first.get();
          ended++;
        }
      }
      return List.of();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
      threads.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  private void train(
      long seed, RunDirectory directory, SeedResults results, FinalTrainingListener listener)
      throws InterruptedException {
    int done = results.epochsDone().getOrDefault(seed, 0);
    int lastEpoch = Math.min(done + 1, recipe.epochs());
    while (true) {
      FinalTrainingJob job = new FinalTrainingJob(seed, architecture, seed, lastEpoch);
      SeedResult result = trainFurther(job, directory, results, listener);
      if (result.isFailed() || result.epochs().size() == recipe.epochs()) {
        results.note(result);
        listener.onTrainingState(results.now(), RunState.RUNNING, directory);
        listener.onSeedEnd(seed);
        return;
      }
      results.put(seed, result.epochs());
      listener.onTrainingState(results.now(), RunState.RUNNING, directory);
      int now = result.epochs().size();
      double secondsOfAnEpoch = result.seconds() / Math.max(1, now - done);
      done = now;
      lastEpoch = lastEpoch(now, secondsOfAnEpoch, recipe.epochs());
    }
  }

  /**
   * After which epoch a call ends.
   *
   * @param done epochs so far
   * @param epochs of the whole training
   */
  static int lastEpoch(int done, double secondsOfAnEpoch, int epochs) {
    double more = Math.max(1, Math.floor(SECONDS_OF_A_CALL / secondsOfAnEpoch));
    return (int) Math.min(epochs, done + more);
  }

  private SeedResult trainFurther(
      FinalTrainingJob job,
      RunDirectory directory,
      SeedResults results,
      FinalTrainingListener listener)
      throws InterruptedException {
    Cluster.CallListener progress =
        new Cluster.CallListener() {
          @Override
          public void onStart(String executor) {}

          @Override
          public void onProgress(TrainingProgress progress) {
            listener.onSeedProgress(job.seed(), progress);
          }
        };
    try {
      SeedCheckpoints checkpoints = new SeedCheckpoints(directory, job.seed());
      SeedCall call =
          new SeedCall(spec, chromosome, job.seed(), job.lastEpoch(), checkpoints.read());
      SeedAnswer answer =
          new ClusterCalls(cluster)
              .make(
                  Text.format("%s, seed %d", architecture.phenotype(), job.seed()), call, progress);
      checkpoints.write(answer.checkpoints());
      if (!answer.weights().isEmpty()) {
        AtomicFile.write(results.model(job.seed()), out -> out.write(answer.weights().bytes()));
      }
      return answer.result(job);
    } catch (ExecutorLostException e) {
      return SeedResult.failed(
          job, List.of(), FailureKind.DEATHS, "ended the process twice", 1, "");
    } catch (IOException e) {
      return SeedResult.failed(job, List.of(), FailureKind.OTHER, e.getMessage(), 1, "");
    }
  }

  @Override
  public List<TrainingRun.Seed> measure(
      List<TrainingRun.Seed> seeds, LongFunction<Path> model, List<LostDevice> lost)
      throws IOException, InterruptedException {
    if (!data.measuresTest()) {
      return seeds;
    }
    List<TrainingRun.Seed> measured = new ArrayList<>();
    for (TrainingRun.Seed seed : seeds) {
      measured.add(SeedSession.isUnmeasured(seed) ? seed.measured(confusion(seed, model)) : seed);
    }
    return measured;
  }

  private ConfusionMatrix confusion(TrainingRun.Seed seed, LongFunction<Path> model)
      throws IOException, InterruptedException {
    SentFile weights = new SentFile(Files.readAllBytes(model.apply(seed.seed())));
    return new ClusterCalls(cluster)
        .make("test", new SeedTestCall(spec, chromosome, weights))
        .matrix(data.classes());
  }

  /** The cluster is the caller's. */
  @Override
  public void close() {}
}
