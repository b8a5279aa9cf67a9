package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Nvml;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.DeviceWorkers;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.JobPool;
import io.github.cnnevolution.evaluation.KnownLatencies;
import io.github.cnnevolution.evaluation.LatencyMeasurement;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.evaluation.TrainedNetworkListener;
import io.github.cnnevolution.evaluation.TrainingEvaluator;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.ConfusionMatrix;
import io.github.cnnevolution.training.CpuMemoryEstimate;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.MemoryEstimate;
import io.github.cnnevolution.training.MemoryEstimates;
import io.github.cnnevolution.training.TimeLimitException;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingProgress;
import io.github.cnnevolution.training.TrainingRecipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What the trainings of a search or an evaluation share: the devices, the data on each of them and
 * the recipe. Owns the resident images; close it after the services that it started.
 */
final class EvaluationSession implements SearchSession {
  private final CandidateSettings settings;
  private final SearchSpace space;
  private final FitnessFunction fitness;
  private final UnaryOperator<CandidateEvaluator> evaluators;
  private Optional<RungFiles> rungs = Optional.empty();
  private final DeviceSelection selection;
  private final ProfilerRanges.Range run;
  private final TrainingRecipe recipe;
  private final SessionData data;
  private final MemoryEstimates estimates;
  private final DeviceSites sites;
  private final int workersPerDevice;
  private final ActiveClock clock = ActiveClock.start();

  /** Loads a session for as few trainings that it makes no sense to measure anything for them. */
  EvaluationSession(
      CandidateSettings settings,
      SearchSpace space,
      FitnessFunction fitness,
      UnaryOperator<CandidateEvaluator> evaluators,
      boolean withTest,
      SessionListener listener)
      throws InterruptedException {
    this(settings, space, fitness, evaluators, withTest, 0, listener);
  }

  /**
   * Loads LibTorch, reads the data and starts to copy it to the devices.
   *
   * @param space of the networks
   * @param fitness what is measured of each
   * @param evaluators wraps the evaluator of each device
   * @param withTest whether workers measure the test images too
   * @param trainings how many there will be at most; {@link Long#MAX_VALUE}: measures anew how many
   *     workers a GPU should have
   * @param listener receives notices
   * @throws SettingException if a setting does not fit this machine
   * @throws InterruptedException if the thread is interrupted while pictures are converted
   */
  EvaluationSession(
      CandidateSettings settings,
      SearchSpace space,
      FitnessFunction fitness,
      UnaryOperator<CandidateEvaluator> evaluators,
      boolean withTest,
      long trainings,
      SessionListener listener)
      throws InterruptedException {
    this.settings = settings;
    this.space = space;
    this.fitness = fitness;
    this.evaluators = evaluators;
    this.selection =
        DeviceSelection.of(settings, () -> RepresentativeNetworks.of(space), listener::onNotice);
    try {
      this.recipe = settings.recipe(space, selection.precision());
      this.data = new SessionData(locate(settings, listener), settings.trainLimit());
      this.estimates = new MemoryEstimates(recipe, trainingSize());
      this.run = selection.ranges().open("run");
      boolean pinned = selection.devices().get(0).isGpu();
      // Pinned memory belongs to the context of the device that the thread is bound to.
      try (DeviceBinding binding = selection.devices().get(0).bindForCopies();
          HostImages training = new HostImages(data.training(), pinned);
          HostImages validation = new HostImages(data.validation(), pinned);
          HostImages test =
              data.dataset()
                  .test()
                  .filter(images -> withTest)
                  .map(images -> new HostImages(images, pinned))
                  .orElse(null)) {
        this.sites =
            DeviceSites.of(
                selection.devices(),
                data.normalization(),
                training,
                Optional.of(validation),
                Optional.ofNullable(test));
      }
      this.workersPerDevice = workers(pinned, trainings, listener);
    } catch (RuntimeException | InterruptedException e) {
      selection.close();
      clock.close();
      throw e;
    }
  }

  /** Reads the data; what a person should know of them becomes a notice. */
  static Dataset locate(CandidateSettings settings, SessionListener listener)
      throws InterruptedException {
    try {
      DatasetLocator.Located located = DatasetLocator.ofSystem().locate(settings.data(), listener);
      listener.onDataRead();
      located.notice().ifPresent(listener::onNotice);
      return located.dataset();
    } catch (RuntimeException | InterruptedException e) {
      listener.onDataRead();
      throw e;
    }
  }

  private int workers(boolean gpus, long trainings, SessionListener listener)
      throws InterruptedException {
    try {
      return gpus ? gpuWorkers(trainings, listener) : cpuWorkers(listener);
    } catch (RuntimeException | InterruptedException e) {
      sites.close();
      throw e;
    }
  }

  private int cpuWorkers(SessionListener listener) {
    return CpuWorkers.choose(
        settings.workers().isPresent(), settings.cpuWorkers(), largestBytes(), listener);
  }

  /**
   * By measurement on the first GPU. Its candidates are others than those of the run, and leave
   * nothing behind.
   */
  private int gpuWorkers(long trainings, SessionListener listener) throws InterruptedException {
    DeviceSites.Site site = sites.all().get(0);
    int most = GpuSettings.mostWorkers(sites.all().size(), memoryAdmits());
    GpuWorkers workers =
        new GpuWorkers(
            site.device().id(),
            circumstances(site.device(), most),
            most,
            RememberedWorkers.in(NativeRuntime.cacheDirectory()));
    long images =
        trainings == Long.MAX_VALUE
            ? trainings
            : (long) Math.min(1e18, (double) trainings * trainingSize() * recipe.epochs());
    // A profiler would take the ranges of trials for those of candidates.
    Trainer trainer =
        new Trainer(recipe, site.training(), ProfilerRanges.OFF, selection.graphs(), estimates);
    try (TrialTrainings trials = new TrialTrainings(trainer, classes(), most)) {
      return workers.choose(settings.gpu().workers(), images, trials, listener);
    }
  }

  /** All that the speed of a number of workers depends on. */
  private String circumstances(ComputeDevice device, int most) {
    CudaMathMode math = settings.gpu().mathMode();
    return String.join(
        " | ",
        device.name(),
        "driver " + driverVersion(),
        "pytorch " + Versions.all().get("pytorch"),
        recipe.precision().toString(),
        recipe.optimizer().name(),
        "batch " + recipe.batchSize(),
        math.tf32() ? "tf32" : "no tf32",
        math.deterministic() ? "deterministic" : "any kernels",
        selection.graphs() == CudaGraphs.OFF ? "no graphs" : "graphs",
        "up to " + most);
  }

  private String driverVersion() {
    Optional<Nvml> nvml = Nvml.open(settings.gpu().cudaPath());
    try {
      return nvml.map(Nvml::driverVersion).orElse("unknown");
    } finally {
      nvml.ifPresent(Nvml::close);
    }
  }

  /** How many of the largest networks fit into the memory of each GPU in parallel. */
  private long memoryAdmits() {
    return sites.smallestMemory() / (largestBytes() + MemoryEstimate.WORKER_BYTES);
  }

  /** What the training of the largest network takes that the bounds admit. */
  private long largestBytes() {
    return space.largest(classes(), settings.bounds(), this::estimatedTrainingBytes).stream()
        .mapToLong(this::estimatedTrainingBytes)
        .max()
        .orElseThrow();
  }

  @Override
  public EvaluationService start(JobOrder order, EvaluationListener listener) {
    return start(
        order, TrainedNetworkListener.NONE, listener, EvaluationCache.NONE, ObjectiveSettings.NONE);
  }

  @Override
  public EvaluationService start(
      JobOrder order,
      KeptModels models,
      EvaluationListener listener,
      EvaluationCache cache,
      ObjectiveSettings objectives) {
    return start(order, (TrainedNetworkListener) models, listener, cache, objectives);
  }

  private EvaluationService start(
      JobOrder order,
      TrainedNetworkListener trained,
      EvaluationListener listener,
      EvaluationCache cache,
      ObjectiveSettings objectives) {
    KnownLatencies latencies = new KnownLatencies();
    EvaluationListener all = EvaluationListener.all(List.of(listener, latencies));
    return new EvaluationService(
        EvaluationService.workers(
            workers(trained, listener, objectives, latencies), order, all, cache),
        space,
        classes(),
        all,
        cache);
  }

  /**
   * Starts workers that are asked job by job.
   *
   * @param trained receives each trained network
   * @param results receives each result
   * @param latencies that were measured; more are added
   */
  JobPool<EvaluationJob, Evaluation> workers(
      TrainedNetworkListener trained,
      EvaluationListener listener,
      EvaluationCache results,
      ObjectiveSettings objectives,
      KnownLatencies latencies) {
    return EvaluationService.workers(
        workers(trained, listener, objectives, latencies),
        JobOrder.SUBMITTED_FIRST,
        listener,
        results);
  }

  /** The workers of all devices. */
  private List<DeviceWorkers<EvaluationJob, Evaluation>> workers(
      TrainedNetworkListener trained,
      EvaluationListener listener,
      ObjectiveSettings objectives,
      KnownLatencies latencies) {
    List<DeviceWorkers<EvaluationJob, Evaluation>> workers = new ArrayList<>();
    for (DeviceSites.Site site : sites.all()) {
      workers.add(
          new DeviceWorkers<>(
              site.device(),
              workersPerDevice,
              site.memory(),
              objectives.needsLatency()
                  ? measuring(site, trained, listener, objectives, latencies)
                  : evaluators.apply(evaluator(site, trained, listener))));
    }
    return workers;
  }

  /** An evaluator that measures latencies. */
  private CandidateEvaluator measuring(
      DeviceSites.Site site,
      TrainedNetworkListener trained,
      EvaluationListener listener,
      ObjectiveSettings objectives,
      KnownLatencies latencies) {
    LatencyMeasurement latency =
        new LatencyMeasurement(
            new Trainer(recipe, site.training()),
            site.validation().orElseThrow(),
            objectives.maxLatency(),
            latencies);
    return latency.around(
        evaluators.apply(evaluator(site, latency.around(trained), latency.around(listener))));
  }

  @Override
  public void keepRungs(RungFiles files) {
    rungs = Optional.of(files);
  }

  private TrainingEvaluator evaluator(
      DeviceSites.Site site, TrainedNetworkListener trained, EvaluationListener listener) {
    return new TrainingEvaluator(
        new Trainer(recipe, site.training(), selection.ranges(), selection.graphs(), estimates),
        site.validation().orElseThrow(),
        site.test(),
        trained,
        fitness,
        settings.seed(),
        () -> Deadline.in(settings.candidateTimeout(), clock),
        selection.ranges(),
        listener,
        rungs);
  }

  @Override
  public EvaluationKey circumstances() {
    return circumstances(settings, space, fitness, recipe, data, graphs());
  }

  /** Everything but the candidate that a fitness depends on. */
  static EvaluationKey circumstances(
      CandidateSettings settings,
      SearchSpace space,
      FitnessFunction fitness,
      TrainingRecipe recipe,
      SessionData data,
      CudaGraphsMode graphs) {
    return new EvaluationKey(
        space.name(),
        "",
        recipe,
        fitness.name(),
        settings.seed(),
        Versions.all().get("pytorch"),
        data.digest(),
        data.training().size(),
        "",
        settings.threadsPerWorker(),
        settings.gpu().mathMode().tf32(),
        settings.gpu().mathMode().deterministic(),
        graphs == CudaGraphsMode.ON,
        1);
  }

  @Override
  public double retrain(KeptModels models, Evaluation evaluation, List<LostDevice> lost)
      throws InterruptedException {
    return retrain(evaluation, lost, network -> models.restore(evaluation, network));
  }

  /**
   * Trains an evaluated candidate again.
   *
   * @param lost devices that failed before
   * @return its accuracy now
   */
  double retrain(
      Evaluation evaluation, List<LostDevice> lost, TrainingEvaluator.Retrained retrained)
      throws InterruptedException {
    DeviceSites.Site site = sites.working(lost);
    try (DeviceBinding binding = site.device().bind()) {
      return evaluator(site, TrainedNetworkListener.NONE, EvaluationListener.NONE)
          .retrain(evaluation, retrained);
    }
  }

  @Override
  public Optional<TestConfusion> testConfusion(KeptModels models, List<LostDevice> lost)
      throws InterruptedException {
    if (dataset().test().isEmpty()) {
      return Optional.empty();
    }
    EvaluationJob best = models.evaluations().get(0).job();
    ConfusionMatrix matrix =
        confusion(
            best.architecture(),
            lost,
            network -> models.read(models.evaluations().get(0), network));
    return Optional.of(new TestConfusion(best.chromosome().bits(), dataset().classes(), matrix));
  }

  /**
   * Measures a network on the test images.
   *
   * @param lost devices that failed before
   * @param weights gives the network its weights
   */
  ConfusionMatrix confusion(
      Architecture architecture, List<LostDevice> lost, Consumer<Network> weights)
      throws InterruptedException {
    DeviceSites.Site site = sites.working(lost);
    ComputeDevice device = site.device();
    try (DeviceBinding binding = device.bind();
        DeviceDataset test =
            DeviceDataset.of(dataset().test().orElseThrow(), normalization(), device);
        Network network = new Network(architecture, device, 0)) {
      weights.accept(network);
      return new Trainer(recipe, site.training()).confusion(network, test, false);
    }
  }

  /** Estimates the memory that the training of a network takes on these devices, in bytes. */
  long estimatedTrainingBytes(Architecture architecture) {
    return selection.devices().get(0).isGpu()
        ? estimates.bytes(architecture, 1)
        : CpuMemoryEstimate.bytes(architecture, recipe, trainingSize());
  }

  /**
   * Trains a network for a while on the first device.
   *
   * @param time after which the training is given up
   * @return images per second without those of the first step, which prepares the others
   */
  double measuredSpeed(Architecture architecture, Duration time) throws InterruptedException {
    DeviceSites.Site site = sites.all().get(0);
    List<TrainingProgress> steps = new ArrayList<>();
    try (DeviceBinding binding = site.device().bind();
        Network network = new Network(architecture, site.device(), 0)) {
      new Trainer(recipe, site.training())
          .train(
              network,
              0,
              1,
              TrainingControls.of(Deadline.in(Optional.of(time), clock), steps::add));
    } catch (TimeLimitException | DivergedException e) {
      // The steps until then say enough.
    }
    TrainingProgress first = steps.get(0);
    TrainingProgress last = steps.get(steps.size() - 1);
    return last.images() > first.images() && last.seconds() > first.seconds()
        ? (last.images() - first.images()) / (last.seconds() - first.seconds())
        : first.imagesPerSecond();
  }

  @Override
  public int workersPerDevice() {
    return workersPerDevice;
  }

  @Override
  public List<ComputeDevice> devices() {
    return selection.devices();
  }

  @Override
  public List<ComputeDevice> localDevices() {
    return selection.devices();
  }

  @Override
  public ActiveClock clock() {
    return clock;
  }

  @Override
  public TrainingRecipe recipe() {
    return recipe;
  }

  @Override
  public CudaGraphsMode graphs() {
    return selection.graphsMode();
  }

  @Override
  public SessionData data() {
    return data;
  }

  @Override
  public void close() {
    sites.close();
    run.close();
    selection.close();
    clock.close();
  }
}
