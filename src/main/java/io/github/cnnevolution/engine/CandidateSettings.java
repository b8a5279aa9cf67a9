package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.search.GeneticParameters;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.TrainingRecipe;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * On what and how candidates are trained. Made by a {@link #builder()}, which knows a default for
 * everything.
 *
 * @param data a directory, or {@code synthetic}; empty: CIFAR-100 if it was downloaded, else
 *     synthetic images
 * @param trainLimit at most so many training images, at least 2
 * @param epochs passes over the training images, from 1 to {@value #MAX_EPOCHS}
 * @param optimizer computes new weights from gradients; empty: {@link OptimizerKind#DEFAULT}
 * @param batchSize images a step, at least 2; empty: what was found best with the optimizer for the
 *     space
 * @param learningRate the peak of the one-cycle schedule, above 0; empty: as above
 * @param precision empty: the best that the device offers
 * @param seed determines the whole result
 * @param workers candidates trained in parallel on the CPU, from 1 to {@value #MAX_THREADS}; empty:
 *     one a core
 * @param threadsPerWorker threads inside one operation, from 1 to {@value #MAX_THREADS}
 * @param gpu which GPUs are used, and how
 * @param candidateTimeout fails candidates that train longer
 * @param profile whether the parts of the work are marked for a profiler
 * @param mixedDevices whether devices of several models may train; they round differently, so that
 *     results then depend on which device trains what
 * @param bounds that networks keep; none that breaks them is trained
 * @param spaceFile where the search space was read, for those that repeat the run
 */
public record CandidateSettings(
    Optional<String> data,
    int trainLimit,
    int epochs,
    Optional<OptimizerKind> optimizer,
    OptionalInt batchSize,
    OptionalDouble learningRate,
    Optional<Precision> precision,
    long seed,
    OptionalInt workers,
    int threadsPerWorker,
    GpuSettings gpu,
    Optional<Duration> candidateTimeout,
    boolean profile,
    boolean mixedDevices,
    Bounds bounds,
    Optional<String> spaceFile) {
  /** The most epochs. */
  public static final int MAX_EPOCHS = 10_000;

  /** The most workers on the CPU, and the most threads of each. */
  public static final int MAX_THREADS = 1024;

  /** The seed unless told otherwise. */
  public static final long DEFAULT_SEED = GeneticParameters.DEFAULT_SEED;

  /**
   * Checks the values.
   *
   * @throws SettingException if one is outside its range
   */
  public CandidateSettings {
    SettingChecks.within("train_limit", trainLimit, 2, Integer.MAX_VALUE);
    SettingChecks.within("epochs", epochs, 1, MAX_EPOCHS);
    batchSize.ifPresent(n -> SettingChecks.within("batch_size", n, 2, Integer.MAX_VALUE));
    learningRate.ifPresent(rate -> SettingChecks.positive("learning_rate", rate));
    workers.ifPresent(n -> SettingChecks.within("workers", n, 1, MAX_THREADS));
    SettingChecks.within("threads_per_worker", threadsPerWorker, 1, MAX_THREADS);
    BoundedNetworks.checkOrder(bounds);
  }

  /**
   * Refuses a network that breaks a bound.
   *
   * @throws SettingException if it does
   */
  void require(Architecture network) {
    bounds
        .violation(network)
        .ifPresent(
            broken -> {
              throw new SettingException(
                  broken.option(),
                  broken.value(),
                  Text.format(
                      "the network %s has %s; give another network or bound",
                      network.phenotype(), broken.what()));
            });
  }

  /**
   * How candidates are trained with these settings.
   *
   * @param space of the candidates
   * @param chosen the precision
   */
  TrainingRecipe recipe(SearchSpace space, Precision chosen) {
    TrainingRecipe defaults =
        TrainingRecipe.defaults(optimizer.orElse(OptimizerKind.DEFAULT), space, chosen);
    return defaults.with(
        epochs,
        batchSize.orElse(defaults.batchSize()),
        learningRate.orElse(defaults.learningRate()));
  }

  /** A builder that holds the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** Candidates trained in parallel on the CPU. */
  int cpuWorkers() {
    return workers.orElse(Math.max(1, Devices.cores() / threadsPerWorker));
  }

  /** Collects settings in any order. Not safe to share between threads. */
  public static final class Builder extends TrainingSettingsBuilder<Builder> {
    private Builder() {
      super(TrainingRecipe.DEFAULT_EPOCHS);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * The checked settings.
     *
     * @throws SettingException if one is outside its range
     */
    public CandidateSettings build() {
      return candidates();
    }
  }
}
