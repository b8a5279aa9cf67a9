package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a search begins with, or goes on with.
 *
 * @param settings of the search
 * @param directory of the run
 * @param store of the run, open until the search is closed; for reading
 * @param dataName name of the data set
 * @param classes how many classes the networks tell apart
 * @param trainingImages of each candidate
 * @param validationImages that the fitness is measured on
 * @param devices that train
 * @param precision in which they compute
 * @param workersPerDevice candidates trained in parallel on each device
 * @param generationsDone generations that earlier processes have completed
 * @param gpuUsages tells how the GPUs are used; empty without any
 * @param executors tells which processes of a cluster train; empty without one
 */
public record SearchStart(
    SearchSettings settings,
    RunDirectory directory,
    EvaluationStore store,
    String dataName,
    int classes,
    int trainingImages,
    int validationImages,
    List<ComputeDevice> devices,
    Precision precision,
    int workersPerDevice,
    int generationsDone,
    Supplier<List<GpuUsage>> gpuUsages,
    Supplier<List<ExecutorState>> executors) {
  /** Copies the devices. */
  public SearchStart {
    devices = List.copyOf(devices);
  }

  /** Whether the fitness is the validation accuracy, and not a number of the program's own. */
  public boolean measuresAccuracy() {
    return settings.fitness().name().equals(Evaluation.ACCURACY);
  }

  /** Returns the interval of a fitness; empty for a failure, or if it is no accuracy. */
  public Optional<WilsonInterval> interval(double fitness) {
    return measuresAccuracy() && fitness >= 0
        ? Optional.of(WilsonInterval.of(fitness, validationImages))
        : Optional.empty();
  }
}
