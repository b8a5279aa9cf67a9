package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.GpuMemory;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.BestModel;
import io.github.cnnevolution.evaluation.DeviceWorkers;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.TrainingEvaluator;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Everything that trainings of one command share: the devices, the data on each of them and the
 * recipe. Owns the resident images; close it after the services that it started.
 */
final class TrainingSession implements AutoCloseable {
  private final TrainingOptions options;
  private final TrainingRecipe recipe;
  private final Dataset dataset;
  private final Normalization normalization;
  private final int trainingSize;
  private final int validationSize;
  private final List<Site> sites = new ArrayList<>();

  /** A device with its images. */
  private record Site(
      ComputeDevice device,
      long memoryLimit,
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
   *     asked for
   */
  TrainingSession(TrainingOptions options, boolean withTest, Console console)
      throws UsageException {
    this.options = options;
    NativeRuntime.load(options.threadsPerWorker());
    List<ComputeDevice> devices = devices(options);
    Precision precision = precision(options, devices);
    this.recipe =
        TrainingRecipe.defaults(precision)
            .with(options.epochs(), options.batchSize(), options.learningRate());
    DatasetLocator.Located located = DatasetLocator.ofSystem().locate(options.data());
    located.notice().ifPresent(console.err()::println);
    this.dataset = located.dataset();
    StratifiedSplit split = StratifiedSplit.of(dataset.train());
    ImageSet trainingImages = split.training().first(options.trainLimit());
    this.normalization = Normalization.of(trainingImages);
    this.trainingSize = trainingImages.size();
    this.validationSize = split.validation().size();
    options.arithmetic().apply();
    boolean pinned = devices.get(0).isGpu();
    try (HostImages training = new HostImages(trainingImages, pinned);
        HostImages validation = new HostImages(split.validation(), pinned);
        HostImages test = withTest ? new HostImages(dataset.test(), pinned) : null) {
      for (ComputeDevice device : devices) {
        sites.add(
            new Site(
                device,
                device.isGpu() ? GpuMemory.limit(device) : Long.MAX_VALUE,
                new DeviceDataset(training, normalization, device),
                new DeviceDataset(validation, normalization, device),
                Optional.ofNullable(test)
                    .map(images -> new DeviceDataset(images, normalization, device))));
      }
    }
  }

  /** The GPUs that were asked for, or all; the processor if there is none or none is wanted. */
  private static List<ComputeDevice> devices(TrainingOptions options) throws UsageException {
    List<ComputeDevice> present = Devices.gpus();
    List<Integer> wanted =
        options.gpus().orElse(present.stream().map(ComputeDevice::index).toList());
    List<ComputeDevice> chosen = new ArrayList<>();
    for (int index : wanted) {
      Optional<ComputeDevice> gpu = present.stream().filter(g -> g.index() == index).findFirst();
      if (gpu.isEmpty()) {
        String remedy =
            present.isEmpty()
                ? "no usable GPU on this machine; leave --gpus out to train on the CPU"
                : "the GPUs of this machine are "
                    + present.stream().map(g -> "" + g.index()).collect(Collectors.joining(", "));
        throw new UsageException("--gpus %d: %s".formatted(index, remedy));
      }
      chosen.add(gpu.get());
    }
    if (chosen.isEmpty()) {
      if (options.workersPerGpu().isPresent()) {
        throw new UsageException(
            "--workers_per_gpu %d: trains on the CPU; use --workers"
                .formatted(options.workersPerGpu().getAsInt()));
      }
      return List.of(Devices.cpu());
    }
    if (options.workers().isPresent()) {
      throw new UsageException(
          "--workers %d: trains on %d GPUs; use --workers_per_gpu, or --gpus none for the CPU"
              .formatted(options.workers().getAsInt(), chosen.size()));
    }
    return chosen;
  }

  private static Precision precision(TrainingOptions options, List<ComputeDevice> devices)
      throws UsageException {
    // What the weakest of them prefers, so that a result does not depend on the device.
    Precision common =
        devices.stream()
            .map(ComputeDevice::preferred)
            .filter(p -> devices.stream().allMatch(d -> d.precisions().contains(p)))
            .findFirst()
            .orElse(Precision.FP32);
    Precision precision = options.precision().orElse(common);
    for (ComputeDevice device : devices) {
      if (!device.precisions().contains(precision)) {
        throw new UsageException(
            "--precision %s: this device (%s) has no instructions for it; use auto or one of %s"
                .formatted(precision, device.name(), device.precisions()));
      }
    }
    return precision;
  }

  /**
   * Starts workers that search: the test images stay out of their reach, and the best model is
   * kept.
   */
  EvaluationService search(BestModel best, EvaluationListener listener) {
    return new EvaluationService(workers(Optional.of(best)), listener);
  }

  /** Starts workers that only measure, on the test images too if the session has them. */
  EvaluationService measure() {
    return new EvaluationService(workers(Optional.empty()), EvaluationListener.NONE);
  }

  private List<DeviceWorkers> workers(Optional<BestModel> best) {
    List<DeviceWorkers> workers = new ArrayList<>();
    for (Site site : sites) {
      TrainingEvaluator evaluator =
          new TrainingEvaluator(
              new Trainer(recipe, site.training()),
              site.validation(),
              site.test(),
              best,
              options.seed());
      long memory =
          site.device().isGpu()
              ? site.memoryLimit() - GpuMemory.reserved(site.device())
              : Long.MAX_VALUE;
      workers.add(new DeviceWorkers(site.device(), workersPerDevice(), memory, evaluator));
    }
    return workers;
  }

  /** Candidates trained side by side on each device. */
  int workersPerDevice() {
    return devices().get(0).isGpu() ? options.workersPerGpu(sites.size()) : options.cpuWorkers();
  }

  /** The accuracy of the best model on the test images: the one time that a search touches them. */
  double testAccuracy(BestModel best) throws InterruptedException {
    ComputeDevice device = devices().get(0);
    try (DeviceBinding binding = device.bind();
        DeviceDataset test = DeviceDataset.of(dataset.test(), normalization, device);
        Network network =
            new Network(best.evaluation().orElseThrow().job().architecture(), device, 0)) {
      best.copyTo(network);
      return new Trainer(recipe, sites.get(0).training()).accuracy(network, test);
    }
  }

  TrainingOptions options() {
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
  }
}
