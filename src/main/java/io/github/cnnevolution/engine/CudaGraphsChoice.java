package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingTrace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides whether the steps of a run are recorded, where the user leaves it to the program: if ten
 * recorded steps of a few networks give on each device what ten steps give that are launched one by
 * one. What was found is remembered by device, versions, arithmetic and networks.
 *
 * <p>The decision is one for all devices and candidates of a run. It is made before the first
 * candidate is trained or looked up, and stored with the run: a result does not depend on when the
 * check was made. A check that could not be made decides against recordings, and is not remembered.
 */
final class CudaGraphsChoice {
  private final RememberedChecks remembered;
  private final Function<ComputeDevice, String> versions;
  private final Function<ComputeDevice, CheckTrainings> trainings;

  /**
   * A choice on this machine.
   *
   * @param versions describes the driver and the libraries of a device
   * @param trainings those of a device, which are closed afterwards
   */
  CudaGraphsChoice(
      RememberedChecks remembered,
      Function<ComputeDevice, String> versions,
      Function<ComputeDevice, CheckTrainings> trainings) {
    this.remembered = remembered;
    this.versions = versions;
    this.trainings = trainings;
  }

  /**
   * Decides.
   *
   * @param gpus that train
   * @param networks of the kinds that are trained
   * @param notices receives one line if steps are not recorded
   * @return whether steps are recorded
   * @throws InterruptedException if the thread is interrupted
   */
  boolean decide(
      List<ComputeDevice> gpus,
      Precision precision,
      CudaMathMode mode,
      List<Architecture> networks,
      Consumer<String> notices)
      throws InterruptedException {
    // Devices of the same model compute the same.
    Map<String, ComputeDevice> models = new TreeMap<>();
    gpus.forEach(gpu -> models.putIfAbsent(gpu.name(), gpu));
    for (ComputeDevice gpu : models.values()) {
      Optional<String> problem = problem(gpu, precision, mode, networks);
      if (problem.isPresent()) {
        notices.accept(
            Text.format(
                "training steps are not recorded (CUDA graphs): %s, %s; `devices --check` tells more",
                gpu.name(), problem.get()));
        return false;
      }
    }
    return true;
  }

  private Optional<String> problem(
      ComputeDevice gpu, Precision precision, CudaMathMode mode, List<Architecture> networks)
      throws InterruptedException {
    String key = key(gpu, precision, mode, networks);
    Optional<RememberedChecks.Verdict> known = remembered.find(key);
    if (known.isPresent()) {
      return known.get().problem();
    }
    try (CheckTrainings real = trainings.apply(gpu)) {
      for (Architecture network : networks) {
        TrainingTrace eager = train(real, network, gpu, precision, false);
        ReplayAgreement.learned(network.phenotype(), eager);
        Optional<String> difference = difference(real, network, gpu, precision, mode, eager);
        if (difference.isPresent()) {
          remembered.remember(key, new RememberedChecks.Verdict(difference));
          return difference;
        }
      }
      remembered.remember(key, new RememberedChecks.Verdict(Optional.empty()));
      return Optional.empty();
    } catch (CheckFailedException e) {
      return Optional.of(e.getMessage());
    } catch (RuntimeException e) {
      // LibTorch's errors: a step that cannot be recorded, a shortage of memory.
      return Optional.of(DeviceChecks.reason(e));
    }
  }

  private static Optional<String> difference(
      CheckTrainings real,
      Architecture network,
      ComputeDevice gpu,
      Precision precision,
      CudaMathMode mode,
      TrainingTrace eager)
      throws InterruptedException {
    ReplayAgreement agreement =
        new ReplayAgreement(mode.deterministic(), CheckTolerance.of(precision, mode.tf32()));
    double noise =
        mode.deterministic() ? 0 : eager.distance(train(real, network, gpu, precision, false));
    TrainingTrace recorded = train(real, network, gpu, precision, true);
    try {
      agreement.replayed(
          network.phenotype(), "a training of recorded steps", eager, recorded, noise);
      return Optional.empty();
    } catch (CheckFailedException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static TrainingTrace train(
      CheckTrainings real,
      Architecture network,
      ComputeDevice gpu,
      Precision precision,
      boolean recorded)
      throws InterruptedException {
    return real.train(network, gpu, precision, recorded, TrainingListener.NONE);
  }

  private String key(
      ComputeDevice gpu, Precision precision, CudaMathMode mode, List<Architecture> networks) {
    return String.join(
        "; ",
        gpu.name(),
        versions.apply(gpu),
        precision + (mode.tf32() ? " tf32" : "") + (mode.deterministic() ? " deterministic" : ""),
        networks.stream()
            .map(network -> network.space() + "/" + network.phenotype())
            .collect(Collectors.joining(" ")));
  }
}
