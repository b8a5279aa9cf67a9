package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.GpuMemory;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.DeviceWorkers;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.TrainedNetworkListener;
import io.github.cnnevolution.evaluation.TrainingEvaluator;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.ConversionProgress;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * Everything that trainings of one command share: the devices, the data on each of them and the
 * recipe. Owns the resident images; close it after the services that it started.
 */
final class EvaluationSession implements AutoCloseable {
  private final CandidateOptions options;
  private final ProfilerRanges ranges;
  private final ProfilerRanges.Range run;
  private final CudaGraphs graphs;
  private final TrainingRecipe recipe;
  private final UnaryOperator<CandidateEvaluator> decorator;
  private final Dataset dataset;
  private Optional<String> digest = Optional.empty();
  private final Normalization normalization;
  private final int trainingSize;
  private final int validationSize;
  private final List<Site> sites = new ArrayList<>();
  private final int workersPerDevice;

  /**
   * A device with its images.
   *
   * @param memory that is left for candidates, in bytes
   */
  private record Site(
      ComputeDevice device,
      long memory,
      DeviceDataset training,
      DeviceDataset validation,
      Optional<DeviceDataset> test)
      implements AutoCloseable {
    @Override
    public void close() {
      test.ifPresent(DeviceDataset::close);
      validation.close();
      training.close();
    }
  }

  /**
   * Loads LibTorch, reads the data and starts to copy it to the devices.
   *
   * @param withTest whether workers measure the test images too
   * @throws UsageException if a device is not there, or cannot compute in the precision that was
   *     asked for, or marks for a profiler cannot be made
   * @throws InterruptedException if the thread is interrupted while pictures are converted
   */
  EvaluationSession(CandidateOptions options, boolean withTest, Console console)
      throws UsageException, InterruptedException {
    this(options, withTest, UnaryOperator.identity(), console);
  }

  /**
   * The same with something around the evaluators.
   *
   * @param decorator what workers use in place of the evaluator of their device
   */
  EvaluationSession(
      CandidateOptions options,
      boolean withTest,
      UnaryOperator<CandidateEvaluator> decorator,
      Console console)
      throws UsageException, InterruptedException {
    this.options = options;
    this.decorator = decorator;
    TrainingDevices chosen = TrainingDevices.of(options, console);
    List<ComputeDevice> devices = chosen.devices();
    this.ranges = chosen.ranges();
    this.graphs = chosen.graphs();
    this.recipe =
        TrainingRecipe.defaults(chosen.precision())
            .with(options.epochs(), options.batchSize(), options.learningRate());
    this.dataset = locate(options, console);
    StratifiedSplit split = StratifiedSplit.of(dataset);
    ImageSet trainingImages = split.training().first(options.trainLimit());
    this.normalization = Normalization.of(trainingImages);
    this.trainingSize = trainingImages.size();
    this.validationSize = split.validation().size();
    options.gpu().arithmetic().apply();
    this.run = ranges.open("run");
    boolean pinned = devices.get(0).isGpu();
    try (HostImages training = new HostImages(trainingImages, pinned);
        HostImages validation = new HostImages(split.validation(), pinned);
        HostImages test =
            dataset
                .test()
                .filter(images -> withTest)
                .map(images -> new HostImages(images, pinned))
                .orElse(null)) {
      for (ComputeDevice device : devices) {
        sites.add(site(device, training, validation, Optional.ofNullable(test)));
      }
    } catch (RuntimeException | UsageException e) {
      close();
      throw e;
    }
    this.workersPerDevice =
        pinned ? options.gpu().workers(sites.size(), memoryAdmits()) : options.cpuWorkers();
  }

  /** The data of a command; what the user should know of them goes to standard error. */
  static Dataset locate(CandidateOptions options, Console console) throws InterruptedException {
    try (ConversionProgress progress = new ConversionProgress(console)) {
      DatasetLocator.Located located = DatasetLocator.ofSystem().locate(options.data(), progress);
      progress.close();
      located.notice().map(MessageLine::of).ifPresent(console.err()::println);
      return located.dataset();
    }
  }

  private Site site(
      ComputeDevice device, HostImages training, HostImages validation, Optional<HostImages> test)
      throws UsageException {
    long limit = Long.MAX_VALUE;
    if (device.isGpu()) {
      limit =
          GpuMemory.limit(device)
              .orElseThrow(
                  () ->
                      new UsageException(
                          "%s has no free memory; leave it out with --gpus"
                              .formatted(device.id())));
    }
    DeviceDataset trainingCopy = new DeviceDataset(training, normalization, device);
    DeviceDataset validationCopy = new DeviceDataset(validation, normalization, device);
    Optional<DeviceDataset> testCopy =
        test.map(images -> new DeviceDataset(images, normalization, device));
    long memory = device.isGpu() ? limit - GpuMemory.reserved(device) : limit;
    return new Site(device, memory, trainingCopy, validationCopy, testCopy);
  }

  /** How many of the largest networks fit into the memory of each device side by side. */
  private long memoryAdmits() {
    Trainer trainer = new Trainer(recipe, sites.get(0).training());
    long largest =
        Architecture.all(classes()).stream()
            .mapToLong(a -> trainer.memoryBytes(a, 1))
            .max()
            .orElseThrow();
    long smallest = sites.stream().mapToLong(Site::memory).min().orElseThrow();
    return smallest / (largest + trainer.workerBytes());
  }

  /**
   * Starts workers that search: the test images stay out of their reach, and the best models are
   * kept.
   */
  EvaluationService search(KeptModels best, EvaluationListener listener, EvaluationCache journal) {
    return new EvaluationService(workers(best, listener), classes(), listener, journal);
  }

  /** Starts workers that only measure, on the test images too if the session has them. */
  EvaluationService measure(EvaluationListener listener) {
    return new EvaluationService(
        workers(TrainedNetworkListener.NONE, listener), classes(), listener, EvaluationCache.NONE);
  }

  private List<DeviceWorkers> workers(TrainedNetworkListener best, EvaluationListener listener) {
    List<DeviceWorkers> workers = new ArrayList<>();
    for (Site site : sites) {
      workers.add(
          new DeviceWorkers(
              site.device(),
              workersPerDevice,
              site.memory(),
              decorator.apply(evaluator(site, best, listener))));
    }
    return workers;
  }

  private TrainingEvaluator evaluator(
      Site site, TrainedNetworkListener best, EvaluationListener listener) {
    return new TrainingEvaluator(
        new Trainer(recipe, site.training(), ranges, graphs),
        site.validation(),
        site.test(),
        best,
        options.seed(),
        options.candidateTimeout(),
        ranges,
        listener);
  }

  /** Everything but the candidate that a fitness of this session depends on. */
  EvaluationKey circumstances() {
    return new EvaluationKey(
        "plain",
        "",
        recipe,
        "accuracy",
        options.seed(),
        Versions.all().get("pytorch"),
        digest(),
        trainingSize,
        "",
        options.threadsPerWorker(),
        options.gpu().arithmetic().tf32(),
        options.gpu().arithmetic().deterministic(),
        options.gpu().cudaGraphs(),
        1);
  }

  /** Candidates trained side by side on each device. */
  int workersPerDevice() {
    return workersPerDevice;
  }

  private Site working(List<LostDevice> lost) {
    return sites.stream()
        .filter(s -> lost.stream().noneMatch(l -> l.device().equals(s.device().id())))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Trains one of the best candidates again for its weights.
   *
   * @return its fitness now
   */
  double retrain(KeptModels models, Evaluation evaluation, List<LostDevice> lost)
      throws InterruptedException {
    Site site = working(lost);
    try (DeviceBinding binding = site.device().bind()) {
      return evaluator(site, TrainedNetworkListener.NONE, EvaluationListener.NONE)
          .retrain(evaluation, network -> models.restore(evaluation, network));
    }
  }

  /**
   * The accuracy of the best model on the test images, if there are any: the one time that a search
   * touches them.
   */
  OptionalDouble testAccuracy(KeptModels models, List<LostDevice> lost)
      throws InterruptedException {
    if (dataset.test().isEmpty()) {
      return OptionalDouble.empty();
    }
    Site site = working(lost);
    ComputeDevice device = site.device();
    Evaluation best = models.evaluations().get(0);
    try (DeviceBinding binding = device.bind();
        DeviceDataset test = DeviceDataset.of(dataset.test().get(), normalization, device);
        Network network = new Network(best.job().architecture(), device, 0)) {
      models.read(best, network);
      return OptionalDouble.of(new Trainer(recipe, site.training()).accuracy(network, test));
    }
  }

  CandidateOptions options() {
    return options;
  }

  /** All devices that train: GPUs, or the processor alone. */
  List<ComputeDevice> devices() {
    return sites.stream().map(Site::device).toList();
  }

  TrainingRecipe recipe() {
    return recipe;
  }

  Dataset dataset() {
    return dataset;
  }

  /** How many classes the data have. */
  int classes() {
    return dataset.classes().names().size();
  }

  /** SHA-256 of the data set. The first call takes a good part of a second for CIFAR-100. */
  String digest() {
    if (digest.isEmpty()) {
      digest = Optional.of(dataset.digest());
    }
    return digest.get();
  }

  Normalization normalization() {
    return normalization;
  }

  int trainingSize() {
    return trainingSize;
  }

  int validationSize() {
    return validationSize;
  }

  @Override
  public void close() {
    sites.forEach(Site::close);
    run.close();
  }
}
