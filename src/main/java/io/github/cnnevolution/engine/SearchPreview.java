package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.search.SearchAlgorithm;
import io.github.cnnevolution.space.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a search would do: its first generation, and what it would cost. The time follows from a
 * training of a few seconds.
 *
 * @param settings of the search
 * @param directory where the results would go
 * @param dataName the data set
 * @param trainingImages images that each network would be trained on
 * @param validationImages images that it would be measured on
 * @param devices that would train
 * @param precision in which they would compute
 * @param workersPerDevice networks that would be trained in parallel on each device
 * @param firstGeneration its networks, each once
 * @param mostTrainings how many networks the whole search trains at most
 * @param measured the network that was trained for the estimate
 * @param imagesPerSecond of its training
 * @param memoryBytes that the trainings in parallel take, if all are of the largest network of the
 *     first generation; without the libraries and the images
 * @param modelBytes of the kept models, if all are of the largest network
 */
public record SearchPreview(
    SearchSettings settings,
    Path directory,
    String dataName,
    int trainingImages,
    int validationImages,
    List<ComputeDevice> devices,
    Precision precision,
    int workersPerDevice,
    List<Architecture> firstGeneration,
    long mostTrainings,
    Architecture measured,
    double imagesPerSecond,
    long memoryBytes,
    long modelBytes) {
  private static final Duration MEASUREMENT = Duration.ofSeconds(3);

  /** Copies the lists. */
  public SearchPreview {
    devices = List.copyOf(devices);
    firstGeneration = List.copyOf(firstGeneration);
  }

  /**
   * Reads the data, asks the algorithm for its first generation, and trains one of its networks for
   * a few seconds. Leaves nothing behind.
   *
   * @throws SettingException if a setting cannot be used, as when the search is started
   * @throws io.github.cnnevolution.data.DatasetException if the data cannot be read
   */
  public static SearchPreview of(SearchSettings settings, SessionListener listener)
      throws IOException, InterruptedException {
    LibTorch.requirePrepared();
    RunDirectory directory =
        settings
            .directory()
            .map(RunDirectory::new)
            .orElseGet(() -> RunDirectory.unused(LocalDateTime.now(ZoneId.systemDefault())));
    OutputDirectories.requireFree(directory);
    try (EvaluationSession session = SearchResources.session(settings, 0, listener)) {
      DeviceSelection.requireUse(settings.training(), session.devices());
      List<Architecture> first = firstGeneration(settings, session.classes());
      List<Architecture> bySize =
          first.stream().sorted(Comparator.comparingLong(Architecture::flops)).toList();
      Architecture median = bySize.get(bySize.size() / 2);
      int parallel = session.devices().size() * session.workersPerDevice();
      long largest = first.stream().mapToLong(session::estimatedTrainingBytes).max().orElseThrow();
      long parameters = first.stream().mapToLong(Architecture::parameters).max().orElseThrow();
      return new SearchPreview(
          settings,
          directory.path(),
          session.dataset().name(),
          session.trainingSize(),
          session.validationSize(),
          session.devices(),
          session.recipe().precision(),
          session.workersPerDevice(),
          first,
          mostTrainings(settings, first.size()),
          median,
          session.measuredSpeed(median, MEASUREMENT),
          Math.min(parallel, first.size()) * largest,
          settings.topK() * parameters * Float.BYTES);
    }
  }

  private static List<Architecture> firstGeneration(SearchSettings settings, int classes) {
    SearchAlgorithm algorithm = settings.newAlgorithm(classes);
    Set<Architecture> networks = new LinkedHashSet<>();
    Optional<Proposal> proposal = algorithm.ask();
    while (proposal.isPresent() && proposal.get().generation() == 0) {
      networks.add(settings.space().decode(proposal.get().chromosome(), classes));
      proposal = algorithm.ask();
    }
    return new ArrayList<>(networks);
  }

  /** Each network is trained once, however often it is proposed. */
  private static long mostTrainings(SearchSettings settings, int first) {
    if (settings.algorithm().isEmpty() && settings.builtIn().isAsynchronous()) {
      int networks = settings.space().phenotypes().size();
      int evaluations = settings.builtIn().evaluations();
      return networks == 0 ? evaluations : Math.min(evaluations, networks);
    }
    boolean several = settings.objectives().objectives().areSeveral();
    int kept = several ? 0 : settings.genetic().elitism();
    long bred =
        (long) (settings.genetic().generations() - 1)
            * (settings.genetic().populationSize() - kept);
    long most = Math.min(first + bred, settings.evaluations().orElse(Integer.MAX_VALUE));
    return Math.min(most, settings.space().size().orElse(Long.MAX_VALUE));
  }

  /** Returns the estimated time of the first generation. */
  public Duration firstGenerationTime() {
    return time(firstGeneration.stream().mapToDouble(Architecture::flops).sum());
  }

  /** Returns the estimated time, if the search trains as many networks as it can. */
  public Duration longestTime() {
    double mean = firstGeneration.stream().mapToDouble(Architecture::flops).average().orElse(0);
    return time(mean * mostTrainings);
  }

  private Duration time(double flops) {
    double seconds =
        flops
            * trainingImages
            * settings.training().epochs()
            / (imagesPerSecond * measured.flops() * devices.size() * workersPerDevice);
    return Duration.ofMillis(Math.round(1000 * seconds));
  }
}
