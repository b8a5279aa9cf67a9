package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.KnownLatencies;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A session whose candidates are trained by the executors of a cluster. This process reads the
 * images for what follows from them alone; it trains nothing.
 */
final class ClusterSession implements SearchSession {
  private final Cluster cluster;
  private final CandidateSettings settings;
  private final SearchSpace space;
  private final FitnessFunction fitness;
  private final SessionData data;
  private final ClusterDevices chosen;
  private final TrainingRecipe recipe;
  private final ExecutorModels models;
  private final ActiveClock clock = ActiveClock.start();
  private ClusterSpec spec;
  private Optional<RungFiles> rungs = Optional.empty();
  private final Consumer<String> notices;

  /**
   * Reads the data and asks the first executor what it trains on: all others must have the same.
   *
   * @param space of the networks
   * @param fitness what is measured of each
   * @param evaluators wraps the evaluator of each device; empty: they stay as they are
   * @param objectives say whether latencies are measured
   * @param withTest whether executors measure the test images too
   * @throws SettingException if a setting does not fit a cluster, or an executor the settings
   */
  ClusterSession(
      Cluster cluster,
      CandidateSettings settings,
      SearchSpace space,
      FitnessFunction fitness,
      Optional<UnaryOperator<CandidateEvaluator>> evaluators,
      ObjectiveSettings objectives,
      boolean withTest,
      SessionListener listener)
      throws InterruptedException {
    this.cluster = cluster;
    this.settings = settings;
    this.space = space;
    this.fitness = fitness;
    this.notices = listener::onNotice;
    try {
      SentJava measured = SentJava.of(space).with(fitness);
      ClusterSpec known =
          ClusterSpec.of(
              settings,
              evaluators.map(measured::with).orElse(measured),
              objectives,
              withTest,
              cluster.slotsOfExecutor());
      this.data =
          new SessionData(EvaluationSession.locate(settings, listener), settings.trainLimit());
      this.chosen = new ClusterCalls(cluster).make("devices", new DevicesCall(known, ""));
      this.spec = known.with(chosen, data.digest());
      this.recipe = settings.recipe(space, chosen.precision());
      this.models =
          new ExecutorModels(
              settings.mixedDevices() ? Optional.empty() : Optional.of(chosen.model()));
      listener.onNotice(chosen.notice(cluster, settings.mixedDevices()));
    } catch (RuntimeException | InterruptedException e) {
      clock.close();
      throw e;
    }
  }

  @Override
  public EvaluationService start(JobOrder order, EvaluationListener listener) {
    return start(order, Optional.empty(), listener, EvaluationCache.NONE);
  }

  @Override
  public EvaluationService start(
      JobOrder order,
      KeptModels models,
      EvaluationListener listener,
      EvaluationCache cache,
      ObjectiveSettings objectives) {
    return start(order, Optional.of(models), listener, cache);
  }

  private EvaluationService start(
      JobOrder order,
      Optional<KeptModels> kept,
      EvaluationListener listener,
      EvaluationCache results) {
    EvaluationCache cache = models.before(results);
    KnownLatencies latencies = new KnownLatencies();
    EvaluationListener all = EvaluationListener.all(List.of(listener, latencies));
    return new EvaluationService(
        new ClusterPool(
            cluster, spec, devices().get(0), kept, rungs, latencies, order, all, cache, notices),
        space,
        classes(),
        all,
        cache);
  }

  @Override
  public void keepRungs(RungFiles files) {
    rungs = Optional.of(files);
    spec = spec.withRung(files.rung());
  }

  @Override
  public EvaluationKey circumstances() {
    return EvaluationSession.circumstances(settings, space, fitness, recipe, data, graphs());
  }

  @Override
  public double retrain(KeptModels models, Evaluation evaluation, List<LostDevice> lost)
      throws InterruptedException {
    RetrainAnswer answer =
        new ClusterCalls(cluster)
            .make(
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
    TestAnswer answer =
        new ClusterCalls(cluster)
            .make("test", new TestCall(spec, bits, new SentFile(models.read(best))));
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

  @Override
  public List<ExecutorState> executors() {
    return cluster.executors().stream()
        .map(executor -> executor.withModel(models.of(executor.name())))
        .toList();
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
