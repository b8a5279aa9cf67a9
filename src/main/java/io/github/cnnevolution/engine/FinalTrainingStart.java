package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a final training begins with, or goes on with.
 *
 * @param settings of the training
 * @param directory in which the results are left
 * @param run what is trained
 * @param architecture of the network
 * @param devices that train
 * @param precision in which they compute
 * @param parallelTrainings how many trainings run in parallel
 * @param epochsDone how many epochs earlier processes have done, by seed
 */
public record FinalTrainingStart(
    FinalTrainingSettings settings,
    RunDirectory directory,
    TrainingRun run,
    Architecture architecture,
    List<ComputeDevice> devices,
    Precision precision,
    int parallelTrainings,
    Map<Long, Integer> epochsDone) {
  /** Copies the list and the map. */
  public FinalTrainingStart {
    devices = List.copyOf(devices);
    epochsDone = new TreeMap<>(epochsDone);
  }
}
