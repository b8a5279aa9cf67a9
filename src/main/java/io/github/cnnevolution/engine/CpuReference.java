package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.TrainingTrace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the processor computes in float32, for comparisons. Each network is trained when it is asked
 * for first. Not thread-safe.
 */
final class CpuReference {
  private final ComputeDevice cpu;
  private final CheckTrainings trainings;
  private final int steps;
  private final Map<Architecture, Training> known = new HashMap<>();

  /**
   * A training on the same images.
   *
   * @param oneStep after the first step
   * @param losses of all steps
   */
  record Training(TrainingTrace oneStep, List<Double> losses) {}

  /**
   * A reference of trainings of so many steps.
   *
   * @param trainings on the processor
   */
  CpuReference(ComputeDevice cpu, CheckTrainings trainings, int steps) {
    this.cpu = cpu;
    this.trainings = trainings;
    this.steps = steps;
  }

  Training of(Architecture network) throws CheckFailedException, InterruptedException {
    Training training = known.get(network);
    if (training == null) {
      TrainingTrace all = trainings.sameImages(network, cpu, Precision.FP32, steps);
      ReplayAgreement.learned(network.phenotype() + " on the cpu", all);
      TrainingTrace one = trainings.sameImages(network, cpu, Precision.FP32, 1);
      training = new Training(one, all.losses());
      known.put(network, training);
    }
    return training;
  }
}
