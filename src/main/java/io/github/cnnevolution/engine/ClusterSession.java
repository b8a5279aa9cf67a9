package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * A session whose candidates are trained by the executors of a cluster. This process reads the
 * images for what follows from them alone; it trains nothing.
 */
final class ClusterSession implements SearchSession {
  private final Cluster cluster;
  private final SearchSettings settings;
  private final SessionData data;
  private final ClusterDevices chosen;
  private final TrainingRecipe recipe;
  private final ActiveClock clock = ActiveClock.start();
  private ClusterSpec spec;
  private Optional<RungFiles> rungs = Optional.empty();
  private final Consumer<String> notices;

  /**
   * Reads the data and asks the first executor what it trains on: all others must have the same.
   *
   * @throws SettingException if a setting does not fit a cluster, or an executor the settings
   */
  ClusterSession(Cluster cluster, SearchSettings settings, SessionListener listener)
      throws InterruptedException {
    this.cluster = cluster;
    this.settings = settings;
    this.notices = listener::onNotice;
    try {
      requireUse(settings);
      ClusterSpec known = ClusterSpec.of(settings, cluster.slotsOfExecutor());
      this.data =
          new SessionData(
              EvaluationSession.locate(settings.training(), listener),
              settings.training().trainLimit());
      this.chosen = call("devices", new DevicesCall(known));
      this.spec = known.with(chosen, data.digest());
      this.recipe =
          settings.training().recipe(OptimizerKind.of(settings.space()), chosen.precision());
      listener.onNotice(
          Text.format(
              "the executors of %s train: %s at a time, each on %s",
              cluster.name(), Text.count(cluster.slots(), "candidate"), chosen.model()));
    } catch (RuntimeException | InterruptedException e) {
      clock.close();
      throw e;
    }
  }

  /** Refuses what only this machine has. */
  private static void requireUse(SearchSettings settings) {
    if (settings.objectives().needsLatency()) {
      throw new SettingException(
          "objectives",
          settings.objectives().objectives().text(),
          "needs latencies, which a cluster does not measure; leave latency out, or train on this machine");
    }
  }

  /** Makes a call and waits for it. */
  private <T extends Serializable> T call(String label, ClusterCall<T> call)
      throws InterruptedException {
    for (int losses = 1; ; losses++) {
      var result = cluster.submit(label, call, Cluster.CallListener.NONE);
      try {
        return result.get();
      } catch (InterruptedException e) {
        result.cancel(true);
        throw e;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ClusterRefusalException refused) {
          throw new SettingException("executor", "spark", refused.getMessage());
        }
        boolean again =
            e.getCause() instanceof ExecutorLostException lost
                && !lost.hasCrashed()
                && losses < ClusterPool.LOSSES;
        if (!again) {
          throw ClusterPool.stop(
              Text.format("the cluster %s: %s", cluster.name(), e.getCause().getMessage()),
              e.getCause());
        }
      }
    }
  }

  @Override
  public EvaluationService start(
      JobOrder order,
      KeptModels models,
      EvaluationListener listener,
      EvaluationCache cache,
      ObjectiveSettings objectives) {
    return new EvaluationService(
        new ClusterPool(
            cluster, spec, devices().get(0), models, rungs, order, listener, cache, notices),
        settings.space(),
        classes(),
        listener,
        cache);
  }

  @Override
  public void keepRungs(RungFiles files) {
    rungs = Optional.of(files);
    spec = spec.withRung(files.rung());
  }

  @Override
  public EvaluationKey circumstances() {
    return EvaluationSession.circumstances(
        settings.training(), settings.space(), settings.fitness(), recipe, data, graphs());
  }

  @Override
  public double retrain(KeptModels models, Evaluation evaluation, List<LostDevice> lost)
      throws InterruptedException {
    RetrainAnswer answer =
        call(
            evaluation.job().architecture().phenotype(),
            new RetrainCall(
                spec,
                evaluation.job().chromosome().bits(),
                evaluation.microBatches(),
                evaluation.fitness()));
    models.restore(evaluation, answer.weights().bytes());
    return answer.accuracy();
  }

  @Override
  public Optional<TestConfusion> testConfusion(KeptModels models, List<LostDevice> lost)
      throws InterruptedException {
    Dataset dataset = dataset();
    if (dataset.test().isEmpty()) {
      return Optional.empty();
    }
    Evaluation best = models.evaluations().get(0);
    String bits = best.job().chromosome().bits();
    TestAnswer answer = call("test", new TestCall(spec, bits, new SentFile(models.read(best))));
    return Optional.of(new TestConfusion(bits, dataset.classes(), answer.matrix(classes())));
  }

  @Override
  public SessionData data() {
    return data;
  }

  /** One for all that are alike. */
  @Override
  public List<ComputeDevice> devices() {
    return List.of(chosen.devices().get(0));
  }

  @Override
  public List<ComputeDevice> localDevices() {
    return List.of();
  }

  /** All of the cluster. */
  @Override
  public int workersPerDevice() {
    return Math.max(1, cluster.slots());
  }

  @Override
  public TrainingRecipe recipe() {
    return recipe;
  }

  @Override
  public CudaGraphsMode graphs() {
    return chosen.graphs();
  }

  @Override
  public ActiveClock clock() {
    return clock;
  }

  /** The cluster is the caller's. */
  @Override
  public void close() {
    clock.close();
  }
}
