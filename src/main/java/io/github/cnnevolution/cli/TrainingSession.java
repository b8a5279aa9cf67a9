package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.evaluation.BestModel;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.DeviceWorkers;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.TrainingEvaluator;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.List;
import java.util.Optional;

/**
 * Everything that trainings of one command share: the data on the device and the trainer. Owns the
 * resident images; close it after the services that it started.
 */
final class TrainingSession implements AutoCloseable {
  private final TrainingOptions options;
  private final ProfilerRanges ranges;
  private final ProfilerRanges.Range run;
  private final ComputeDevice device;
  private final TrainingRecipe recipe;
  private final Dataset dataset;
  private final Normalization normalization;
  private final int trainingSize;
  private final int validationSize;
  private final DeviceDataset training;
  private final DeviceDataset validation;
  private final Trainer trainer;

  /**
   * Reads the data, loads LibTorch and copies the data to the device.
   *
   * @throws UsageException if the device cannot compute in the precision that was asked for, or
   *     marks for a profiler cannot be made
   */
  TrainingSession(TrainingOptions options, Console console) throws UsageException {
    this.options = options;
    this.device = Devices.cpu();
    Precision precision = precision(options, device);
    this.ranges = ranges(options);
    this.recipe =
        TrainingRecipe.defaults(precision)
            .with(options.epochs(), options.batchSize(), options.learningRate());
    DatasetLocator.Located located = DatasetLocator.ofSystem().locate(options.data());
    located.notice().ifPresent(console.err()::println);
    this.dataset = located.dataset();
    StratifiedSplit split = StratifiedSplit.of(dataset.train());
    ImageSet trainingImages = split.training().first(options.trainLimit());
    this.normalization = Normalization.of(trainingImages);
    this.run = ranges.open("run");
    this.trainingSize = trainingImages.size();
    this.validationSize = split.validation().size();
    NativeRuntime.load(options.threadsPerWorker());
    this.training = new DeviceDataset(trainingImages, normalization, device);
    this.validation = new DeviceDataset(split.validation(), normalization, device);
    this.trainer = new Trainer(recipe, training, ranges);
  }

  private static Precision precision(TrainingOptions options, ComputeDevice device)
      throws UsageException {
    Precision precision = options.precision().orElse(device.preferred());
    if (!device.precisions().contains(precision)) {
      throw new UsageException(
          "--precision %s: this device (%s) has no instructions for it; use auto or one of %s"
              .formatted(precision, device.name(), device.precisions()));
    }
    return precision;
  }

  /** Who asks for marks and cannot have them hears of it before anything is computed. */
  private static ProfilerRanges ranges(TrainingOptions options) throws UsageException {
    if (!options.profile()) {
      return ProfilerRanges.OFF;
    }
    return ProfilerRanges.nvtx(List.of())
        .orElseThrow(
            () ->
                new UsageException(
                    "--profile: no NVTX in %s; install NVIDIA's cuda-nvtx or Python's nvidia-nvtx, or name a library in CNN_EVOLUTION_NVTX, or leave --profile out"
                        .formatted(
                            Optional.ofNullable(System.getenv("CNN_EVOLUTION_NVTX"))
                                .filter(path -> !path.isEmpty())
                                .orElse("the CUDA libraries of this machine"))));
  }

  /**
   * Starts workers that search: the test images stay out of their reach, and the best model is
   * kept.
   */
  EvaluationService search(BestModel best, EvaluationListener listener) {
    return new EvaluationService(
        workers(
            new TrainingEvaluator(
                trainer, validation, Optional.empty(), Optional.of(best), options.seed(), ranges)),
        listener);
  }

  /** Starts workers that only measure, on the given test images too if there are any. */
  EvaluationService measure(Optional<DeviceDataset> test) {
    return new EvaluationService(
        workers(
            new TrainingEvaluator(
                trainer, validation, test, Optional.empty(), options.seed(), ranges)),
        EvaluationListener.NONE);
  }

  private List<DeviceWorkers> workers(CandidateEvaluator evaluator) {
    return List.of(new DeviceWorkers(device, options.workers(), evaluator));
  }

  /** The test images on the device; the caller closes them. */
  DeviceDataset testImages() {
    return new DeviceDataset(dataset.test(), normalization, device);
  }

  /** The accuracy of the best model on the test images: the one time that a search touches them. */
  double testAccuracy(BestModel best) throws InterruptedException {
    try (DeviceDataset test = testImages();
        Network network =
            new Network(best.evaluation().orElseThrow().job().architecture(), device, 0)) {
      best.copyTo(network);
      return trainer.accuracy(network, test);
    }
  }

  TrainingOptions options() {
    return options;
  }

  ComputeDevice device() {
    return device;
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
    validation.close();
    training.close();
    run.close();
  }
}
