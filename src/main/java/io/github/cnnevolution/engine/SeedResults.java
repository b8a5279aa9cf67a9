package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.JobRunner;
import io.github.cnnevolution.evaluation.SeedResult;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.training.CheckpointFile;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is known of each seed of a final training. Safe to use from many threads. */
final class SeedResults {
  private final TrainingRun begun;
  private final RunDirectory directory;
  private final List<Long> seeds = new ArrayList<>();
  private final Map<Long, List<EpochMetrics>> epochs = new TreeMap<>();
  private final Map<Long, String> errors = new TreeMap<>();
  private final Map<Long, String> diverged = new TreeMap<>();
  private final Set<Long> trained = new TreeSet<>();

  /**
   * Reads what earlier processes have left.
   *
   * @param begun what they have noted
   * @throws IOException if a checkpoint says something else
   */
  SeedResults(TrainingRun begun, RunDirectory directory, FinalTrainingSettings settings)
      throws IOException {
    this.begun = begun;
    this.directory = directory;
    for (TrainingRun.Seed seed : begun.seeds()) {
      epochs.put(seed.seed(), seed.epochs());
      seed.error().ifPresent(reason -> diverged.put(seed.seed(), reason));
      trained.add(seed.seed());
    }
    for (int i = 0; i < settings.seeds(); i++) {
      long seed = settings.training().seed() + i;
      seeds.add(seed);
      if (!trained.contains(seed)) {
        List<EpochMetrics> known = latestEpochs(seed);
        epochs.put(seed, known);
        if (known.size() == settings.training().epochs() && Files.exists(model(seed))) {
          trained.add(seed);
        }
      }
    }
  }

  /** Of the checkpoints with any number of parts, that which has come furthest. */
  private List<EpochMetrics> latestEpochs(long seed) throws IOException {
    List<EpochMetrics> latest = List.of();
    for (int parts = 1; parts <= JobRunner.MAX_MICRO_BATCHES; parts *= 2) {
      List<EpochMetrics> known = new CheckpointFile(directory.checkpoint(seed, parts)).epochs();
      latest = known.size() > latest.size() ? known : latest;
    }
    return latest;
  }

  /** The file of the weights: the first seed's are those that other commands take unasked. */
  Path model(long seed) {
    return seed == seeds.get(0) ? directory.bestModel() : directory.model(seed);
  }

  synchronized List<Long> untrained() {
    return seeds.stream().filter(seed -> !trained.contains(seed)).toList();
  }

  /** How many epochs of each seed are done. */
  synchronized Map<Long, Integer> epochsDone() {
    Map<Long, Integer> done = new TreeMap<>();
    epochs.forEach((seed, known) -> done.put(seed, known.size()));
    return done;
  }

  synchronized void put(long seed, List<EpochMetrics> shown) {
    epochs.put(seed, List.copyOf(shown));
  }

  /** Notes how a training ended. */
  synchronized void note(SeedResult result) {
    long seed = result.seed();
    if (!result.isFailed()) {
      put(seed, result.epochs());
      errors.remove(seed);
      trained.add(seed);
    } else if (result.failure().get() == FailureKind.DIVERGED) {
      // A loss that is not finite is the network's fault, wherever it is trained.
      errors.remove(seed);
      diverged.put(seed, result.error().get());
      trained.add(seed);
    } else {
      // All else may be mended.
      errors.put(seed, result.error().get());
    }
  }

  /** Why seeds are not trained, by seed. */
  synchronized Map<Long, String> errors() {
    return new TreeMap<>(errors);
  }

  /** The training as it stands now. */
  synchronized TrainingRun now() {
    return begun.with(false, seeds.stream().map(this::seed).toList());
  }

  private TrainingRun.Seed seed(long seed) {
    // One that was trained and measured before stays as it is.
    return begun.seeds().stream()
        .filter(one -> one.seed() == seed)
        .findFirst()
        .orElseGet(
            () ->
                new TrainingRun.Seed(
                    seed,
                    epochs.getOrDefault(seed, List.of()),
                    OptionalDouble.empty(),
                    Optional.empty(),
                    Optional.ofNullable(diverged.get(seed))));
  }
}
