package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.training.OptimizerKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The settings that searches, evaluations and final trainings share: data, recipe and devices.
 * {@link CandidateSettings} says what each means. Not safe to share between threads.
 *
 * @param <B> the builder that extends this one
 */
public abstract sealed class TrainingSettingsBuilder<B extends TrainingSettingsBuilder<B>>
    permits CandidateSettings.Builder, SearchSettings.Builder, FinalTrainingSettings.Builder {
  private Optional<String> data = Optional.empty();
  private int trainLimit = Integer.MAX_VALUE;
  private int epochs;
  private Optional<OptimizerKind> optimizer = Optional.empty();
  private OptionalInt batchSize = OptionalInt.empty();
  private OptionalDouble learningRate = OptionalDouble.empty();
  private Optional<Precision> precision = Optional.empty();
  private long seed = CandidateSettings.DEFAULT_SEED;
  private OptionalInt workers = OptionalInt.empty();
  private OptionalInt threadsPerWorker = OptionalInt.empty();
  private Optional<List<Integer>> gpus = Optional.empty();
  private OptionalInt workersPerGpu = OptionalInt.empty();
  private boolean tf32;
  private boolean deterministic;
  private CudaGraphsMode cudaGraphs = CudaGraphsMode.AUTO;
  private Optional<Path> cudaPath = Optional.empty();
  private Optional<Duration> candidateTimeout = Optional.empty();
  private boolean profile;
  private boolean mixedDevices;
  private Bounds bounds = Bounds.NONE;
  private Optional<String> spaceFile = Optional.empty();

  TrainingSettingsBuilder(int defaultEpochs) {
    this.epochs = defaultEpochs;
  }

  abstract B self();

  /** A directory, or {@code synthetic}; unset: CIFAR-100 if it was downloaded, else synthetic. */
  public B data(String directory) {
    data = Optional.of(directory);
    return self();
  }

  /** At most so many training images; all if not set. */
  public B trainLimit(int images) {
    trainLimit = images;
    return self();
  }

  /** Passes over the training images. */
  public B epochs(int count) {
    epochs = count;
    return self();
  }

  /** The optimizer; empty: {@link OptimizerKind#DEFAULT}. */
  public B optimizer(Optional<OptimizerKind> kind) {
    optimizer = kind;
    return self();
  }

  /** Images a step; what was found best with the optimizer for the space if not set. */
  public B batchSize(int images) {
    batchSize = OptionalInt.of(images);
    return self();
  }

  /** The peak learning rate; what was found best with the optimizer for the space if not set. */
  public B learningRate(double peak) {
    learningRate = OptionalDouble.of(peak);
    return self();
  }

  /** The precision; empty: the best that the device offers. */
  public B precision(Optional<Precision> format) {
    precision = format;
    return self();
  }

  /** The seed of every random draw; {@value CandidateSettings#DEFAULT_SEED} if not set. */
  public B seed(long value) {
    seed = value;
    return self();
  }

  /** Candidates trained in parallel on the CPU; one a core if not set. */
  public B workers(int count) {
    workers = OptionalInt.of(count);
    return self();
  }

  /** Threads inside one operation. */
  public B threadsPerWorker(int count) {
    threadsPerWorker = OptionalInt.of(count);
    return self();
  }

  /** The indices of the GPUs to train on; an empty list is the CPU, empty all GPUs. */
  public B gpus(Optional<List<Integer>> indices) {
    gpus = indices;
    return self();
  }

  /** Candidates trained in parallel on each GPU; empty: chosen by cores and memory. */
  public B workersPerGpu(OptionalInt count) {
    workersPerGpu = count;
    return self();
  }

  /** On GPUs, rounds the factors of float32 products to TensorFloat-32. */
  public B tf32(boolean on) {
    tf32 = on;
    return self();
  }

  /** On GPUs, takes deterministic kernels only. */
  public B deterministic(boolean on) {
    deterministic = on;
    return self();
  }

  /** On GPUs, records a training step once and replays it, or does not. */
  public B cudaGraphs(boolean on) {
    return cudaGraphs(CudaGraphsMode.of(on));
  }

  /**
   * On GPUs, whether a training step is recorded once and replayed; {@link CudaGraphsMode#AUTO} if
   * not set.
   */
  public B cudaGraphs(CudaGraphsMode mode) {
    cudaGraphs = mode;
    return self();
  }

  /** Where CUDA's libraries are looked for first. */
  public B cudaPath(Path directory) {
    cudaPath = Optional.of(directory);
    return self();
  }

  /** Fails candidates that train longer; no limit if not set. */
  public B candidateTimeout(Duration limit) {
    candidateTimeout = Optional.of(limit);
    return self();
  }

  /** Marks the parts of the work for a profiler, as NVTX ranges. */
  public B profile(boolean on) {
    profile = on;
    return self();
  }

  /**
   * Lets devices of several models train. They round differently: results then depend on which
   * device trains what.
   */
  public B mixedDevices(boolean on) {
    mixedDevices = on;
    return self();
  }

  /** How large networks may be; anything if not set. */
  public B bounds(Bounds limits) {
    bounds = limits;
    return self();
  }

  /** Where the search space was read, so that the run can say how it is repeated. */
  public B spaceFile(Optional<String> path) {
    spaceFile = path;
    return self();
  }

  /** Returns the bounds as set so far. */
  public final Bounds bounds() {
    return bounds;
  }

  /** Returns the number of workers that was set for the CPU. */
  final OptionalInt workers() {
    return workers;
  }

  final long seed() {
    return seed;
  }

  /** Takes a precision where it was set to be chosen. */
  final B precisionIfChosen(Optional<Precision> stored) {
    precision = precision.or(() -> stored);
    return self();
  }

  /** Takes an optimizer where it was set to be chosen. */
  final B optimizerIfChosen(Optional<OptimizerKind> stored) {
    optimizer = optimizer.or(() -> stored);
    return self();
  }

  /** Takes what was decided about recordings where that is left to the program. */
  final B cudaGraphsIfChosen(CudaGraphsMode stored) {
    if (cudaGraphs == CudaGraphsMode.AUTO) {
      cudaGraphs = stored;
    }
    return self();
  }

  /** Threads inside one operation, unless they were set. */
  final void defaultThreadsPerWorker(int count) {
    if (threadsPerWorker.isEmpty()) {
      threadsPerWorker = OptionalInt.of(count);
    }
  }

  final CandidateSettings candidates() {
    return new CandidateSettings(
        data,
        trainLimit,
        epochs,
        optimizer,
        batchSize,
        learningRate,
        precision,
        seed,
        workers,
        threadsPerWorker.orElse(1),
        new GpuSettings(
            gpus, workersPerGpu, new CudaMathMode(tf32, deterministic), cudaGraphs, cudaPath),
        candidateTimeout,
        profile,
        mixedDevices,
        bounds,
        spaceFile);
  }
}
