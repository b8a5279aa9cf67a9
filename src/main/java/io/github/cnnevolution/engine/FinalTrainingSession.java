package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.CpuMemoryEstimate;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What the trainings of one network share: the devices, the images on each of them and the recipe.
 * Owns the resident images; close it after the workers.
 */
final class FinalTrainingSession implements AutoCloseable {
  private final FinalTrainingSettings settings;
  private final DeviceSelection selection;
  private final TrainingRecipe recipe;
  private final Dataset dataset;
  private final Architecture architecture;
  private final TrainingRun.Data data;
  private final DeviceSites sites;
  private final int workersPerDevice;
  private final ActiveClock clock = ActiveClock.start();

  /** Loads LibTorch, reads the data and starts to copy it to the devices. */
  FinalTrainingSession(
      FinalTrainingSettings settings,
      Chromosome chromosome,
      SearchSpace space,
      SessionListener listener)
      throws InterruptedException {
    this.settings = settings;
    CandidateSettings training = settings.training();
    this.selection =
        DeviceSelection.of(
            training,
            () -> List.of(space.decode(chromosome, Architecture.CLASSES)),
            listener::onNotice);
    try {
      this.recipe =
          training
              .recipe(OptimizerKind.of(space), selection.precision())
              .with(settings.dropoutFraction(), settings.augmentation(), settings.emaDecay());
      this.dataset = EvaluationSession.locate(training, listener);
      this.architecture = space.decode(chromosome, dataset.classes().names().size());
      training.require(architecture);
      ImageSet given = dataset.validation().map(dataset.train()::concat).orElse(dataset.train());
      Optional<StratifiedSplit> split =
          settings.validate() ? Optional.of(StratifiedSplit.of(dataset)) : Optional.empty();
      ImageSet learned =
          split.map(StratifiedSplit::training).orElse(given).first(training.trainLimit());
      Normalization normalization = Normalization.of(learned);
      this.data =
          new TrainingRun.Data(
              dataset.name(),
              given.digest(),
              dataset.test().map(ImageSet::digest).orElse(""),
              learned.size(),
              split.map(s -> s.validation().size()).orElse(0),
              dataset.test().map(ImageSet::size).orElse(0),
              normalization,
              dataset.ownClasses());
      boolean pinned = selection.devices().get(0).isGpu();
      // Pinned memory belongs to the context of the device that the thread is bound to.
      try (DeviceBinding binding = selection.devices().get(0).bindForCopies();
          HostImages host = new HostImages(learned, pinned);
          HostImages kept =
              split.isPresent() ? new HostImages(split.get().validation(), pinned) : null) {
        this.sites =
            DeviceSites.of(
                selection.devices(),
                normalization,
                host,
                Optional.ofNullable(kept),
                Optional.empty());
      }
      int devices = sites.all().size();
      int seedsPerDevice = (settings.seeds() + devices - 1) / devices;
      this.workersPerDevice =
          pinned ? training.gpu().workers(devices, seedsPerDevice) : cpuWorkers(listener);
    } catch (RuntimeException | InterruptedException e) {
      selection.close();
      clock.close();
      throw e;
    }
  }

  private int cpuWorkers(SessionListener listener) {
    return CpuWorkers.choose(
        settings.training().workers().isPresent(),
        settings.cpuWorkers(),
        CpuMemoryEstimate.bytes(architecture, recipe, data.training()),
        listener);
  }

  /** What is trained. */
  Architecture architecture() {
    return architecture;
  }

  /** The images that are trained on. */
  TrainingRun.Data data() {
    return data;
  }

  Precision precision() {
    return selection.precision();
  }

  TrainingRecipe recipe() {
    return recipe;
  }

  DeviceSelection selection() {
    return selection;
  }

  DeviceSites sites() {
    return sites;
  }

  int workersPerDevice() {
    return workersPerDevice;
  }

  /** By which the trainings are measured. */
  ActiveClock clock() {
    return clock;
  }

  /** A trainer on the images of a device. */
  Trainer trainer(DeviceSites.Site site) {
    return new Trainer(recipe, site.training(), selection.ranges(), selection.graphs());
  }

  /**
   * Measures those that have not been measured on the test images, if there are any and no
   * validation images were kept out.
   *
   * @param model the weights of each seed
   * @param lost devices that failed before
   */
  List<TrainingRun.Seed> measure(
      List<TrainingRun.Seed> seeds, LongFunction<Path> model, List<LostDevice> lost)
      throws IOException, InterruptedException {
    if (dataset.test().isEmpty() || settings.validate()) {
      // Who validates compares options, and spares the test images for the choice.
      return seeds;
    }
    DeviceSites.Site site = sites.working(lost);
    Trainer trainer = new Trainer(recipe, site.training());
    List<TrainingRun.Seed> measured = new ArrayList<>();
    try (DeviceBinding binding = site.device().bind();
        DeviceDataset test =
            DeviceDataset.of(dataset.test().get(), data.normalization(), site.device());
        Network network = new Network(architecture, site.device(), 0)) {
      for (TrainingRun.Seed seed : seeds) {
        if (seed.error().isPresent() || seed.testAccuracy().isPresent()) {
          measured.add(seed);
          continue;
        }
        try (Weights weights = Weights.read(model.apply(seed.seed()), network)) {
          weights.copyTo(network);
          measured.add(
              seed.measured(trainer.confusion(network, test, settings.testTimeAugmentation())));
        }
      }
    }
    return measured;
  }

  @Override
  public void close() {
    sites.close();
    selection.close();
    clock.close();
  }
}
