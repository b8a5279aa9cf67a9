package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.evaluation.DeviceWorkers;
import io.github.cnnevolution.evaluation.FinalTrainer;
import io.github.cnnevolution.evaluation.FinalTrainingJob;
import io.github.cnnevolution.evaluation.FinalTrainingService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.SeedFiles;
import io.github.cnnevolution.evaluation.SeedListener;
import io.github.cnnevolution.evaluation.SeedResult;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.CpuMemoryEstimate;
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
final class FinalTrainingSession implements SeedSession {
  private final FinalTrainingSettings settings;
  private final DeviceSelection selection;
  private final TrainingRecipe recipe;
  private final Architecture architecture;
  private final FinalTrainingData data;
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
      this.recipe = settings.recipe(space, selection.precision());
      this.data = new FinalTrainingData(EvaluationSession.locate(training, listener), settings);
      this.architecture = space.decode(chromosome, data.classes());
      training.require(architecture);
      boolean pinned = selection.devices().get(0).isGpu();
      // Pinned memory belongs to the context of the device that the thread is bound to.
      try (DeviceBinding binding = selection.devices().get(0).bindForCopies();
          HostImages host = new HostImages(data.training(), pinned);
          HostImages kept =
              data.validation().map(images -> new HostImages(images, pinned)).orElse(null)) {
        this.sites =
            DeviceSites.of(
                selection.devices(),
                data.facts().normalization(),
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
        CpuMemoryEstimate.bytes(architecture, recipe, data.facts().training()),
        listener);
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public TrainingRun.Data data() {
    return data.facts();
  }

  /** The images, with those that are not trained on. */
  Dataset dataset() {
    return data.dataset();
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
  public List<ComputeDevice> devices() {
    return selection.devices();
  }

  @Override
  public int parallelTrainings() {
    return Math.min(settings.seeds(), sites.all().size() * workersPerDevice);
  }

  /**
   * Starts workers.
   *
   * @param files where checkpoints and weights go
   */
  FinalTrainingService start(SeedFiles files, SeedListener listener) {
    List<DeviceWorkers<FinalTrainingJob, SeedResult>> workers = new ArrayList<>();
    for (DeviceSites.Site site : sites.all()) {
      workers.add(
          new DeviceWorkers<>(
              site.device(),
              workersPerDevice,
              site.memory(),
              new FinalTrainer(
                  new Trainer(recipe, site.training(), selection.ranges(), selection.graphs()),
                  site.validation(),
                  files,
                  listener,
                  clock)));
    }
    return new FinalTrainingService(workers, listener);
  }

  @Override
  public List<LostDevice> train(
      RunDirectory directory, SeedResults results, FinalTrainingListener listener)
      throws InterruptedException {
    return new SeedTrainings(this, directory, results, listener).run();
  }

  @Override
  public List<TrainingRun.Seed> measure(
      List<TrainingRun.Seed> seeds, LongFunction<Path> model, List<LostDevice> lost)
      throws IOException, InterruptedException {
    if (!data.measuresTest()) {
      return seeds;
    }
    DeviceSites.Site site = sites.working(lost);
    Trainer trainer = new Trainer(recipe, site.training());
    List<TrainingRun.Seed> measured = new ArrayList<>();
    try (DeviceBinding binding = site.device().bind();
        DeviceDataset test =
            DeviceDataset.of(
                dataset().test().orElseThrow(), data().normalization(), site.device());
        Network network = new Network(architecture, site.device(), 0)) {
      for (TrainingRun.Seed seed : seeds) {
        if (!SeedSession.isUnmeasured(seed)) {
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
