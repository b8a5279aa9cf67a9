package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.JobOrder;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.TestConfusion;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.List;
import java.util.Optional;

/** What the trainings of a search share, wherever they are: the devices, the data, the recipe. */
interface SearchSession extends AutoCloseable {
  /** Starts workers that keep neither results nor weights, and measure no latencies. */
  EvaluationService start(JobOrder order, EvaluationListener listener);

  /**
   * Starts workers.
   *
   * @param order in which they take the candidates
   * @param models keep the weights of the best
   * @param cache of results; the caller closes what is behind it, after the service
   * @param objectives say whether latencies are measured, and what their bound is
   */
  EvaluationService start(
      JobOrder order,
      KeptModels models,
      EvaluationListener listener,
      EvaluationCache cache,
      ObjectiveSettings objectives);

  /** Keeps the state of trainings that are evaluated before their end, in services from now on. */
  void keepRungs(RungFiles files);

  /** Everything but the candidate that a fitness of this session depends on. */
  EvaluationKey circumstances();

  /**
   * Trains one of the best candidates again for its weights.
   *
   * @param lost devices that failed before
   * @return its accuracy now
   */
  double retrain(KeptModels models, Evaluation evaluation, List<LostDevice> lost)
      throws InterruptedException;

  /**
   * Measures the best model on the test images, if there are any: the one time that a search
   * touches them.
   *
   * @param lost devices that failed before
   */
  Optional<TestConfusion> testConfusion(KeptModels models, List<LostDevice> lost)
      throws InterruptedException;

  /** The images. */
  SessionData data();

  default Dataset dataset() {
    return data().dataset();
  }

  /** How many classes the data have. */
  default int classes() {
    return data().classes();
  }

  /** SHA-256 of the data set. The first call takes a good part of a second for CIFAR-100. */
  default String digest() {
    return data().digest();
  }

  default Normalization normalization() {
    return data().normalization();
  }

  default int trainingSize() {
    return data().training().size();
  }

  default int validationSize() {
    return data().validation().size();
  }

  /** All devices that train: GPUs, or processors. */
  List<ComputeDevice> devices();

  /** Those of them that are in this machine, whose use can be watched. */
  List<ComputeDevice> localDevices();

  /** The processes of other machines that train now. */
  default List<ExecutorState> executors() {
    return List.of();
  }

  /** Candidates trained in parallel on each device. */
  int workersPerDevice();

  TrainingRecipe recipe();

  /** What was decided about recordings of steps; auto on the processor. */
  CudaGraphsMode graphs();

  /** By which time limits are measured. */
  ActiveClock clock();

  @Override
  void close();
}
