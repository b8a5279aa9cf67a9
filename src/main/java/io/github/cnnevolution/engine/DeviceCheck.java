package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.space.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Checks once, on a new machine, that its devices compute what they should: short trainings of a
 * dozen small networks on images of the program's own. src/docs/gpu.md describes each check and its
 * tolerance. A check whose training does not change the weights fails.
 */
public final class DeviceCheck {
  private static final CudaMathMode DETERMINISTIC = new CudaMathMode(false, true);
  private static final CudaMathMode WITH_TF32 = new CudaMathMode(true, false);

  private final List<Architecture> networks;
  private final Function<SyntheticTrainings, CheckTrainings> trainings;
  private final Consumer<CheckResult> listener;
  private final List<CheckResult> results = new ArrayList<>();

  /**
   * A check of these networks.
   *
   * @param trainings makes the trainings of a device from the real ones, for tests
   */
  DeviceCheck(
      List<Architecture> networks,
      Function<SyntheticTrainings, CheckTrainings> trainings,
      Consumer<CheckResult> listener) {
    this.networks = networks;
    this.trainings = trainings;
    this.listener = listener;
  }

  /**
   * Checks each GPU, or the processor where there is none. Takes less than two minutes, with one
   * GPU or none.
   *
   * @param listener receives each result at once
   * @return all results
   * @throws InterruptedException if the thread is interrupted
   */
  public static List<CheckResult> run(Consumer<CheckResult> listener) throws InterruptedException {
    LibTorch.requirePrepared();
    return new DeviceCheck(CheckNetworks.all(), real -> real, listener).results();
  }

  /** A check. */
  @FunctionalInterface
  private interface Check {
    String run() throws CheckFailedException, InterruptedException;
  }

  /** The checks of a device in one arithmetic. */
  @FunctionalInterface
  private interface Group {
    void run(ComputeDevice device, DeviceChecks checks) throws InterruptedException;
  }

  List<CheckResult> results() throws InterruptedException {
    ComputeDevice cpu;
    List<ComputeDevice> gpus;
    try (NativeRuntime.Lease runtime = NativeRuntime.lease()) {
      cpu = Devices.cpu();
      gpus = Devices.gpus();
    }
    try (SyntheticTrainings onCpu = new SyntheticTrainings(cpu)) {
      CpuReference reference = new CpuReference(cpu, trainings.apply(onCpu), DeviceChecks.STEPS);
      // Beside GPUs the processor trains nothing, and is what they are compared with.
      run(
          CudaMathMode.DEFAULT,
          List.of(cpu),
          reference,
          gpus.isEmpty()
              ? this::processor
              : (device, checks) ->
                  result(device, Precision.FP32.toString(), () -> checks.learns(Precision.FP32)));
      // First, since cuBLAS takes its settings for deterministic products when it is first used.
      run(DETERMINISTIC, gpus, reference, this::exact);
      run(CudaMathMode.DEFAULT, gpus, reference, this::gpu);
      run(WITH_TF32, gpus, reference, this::tf32);
    }
    return List.copyOf(results);
  }

  private void run(
      CudaMathMode mode, List<ComputeDevice> devices, CpuReference reference, Group group)
      throws InterruptedException {
    if (devices.isEmpty()) {
      return;
    }
    try (NativeRuntime.Lease runtime = NativeRuntime.lease(1, mode)) {
      for (ComputeDevice device : devices) {
        try (SyntheticTrainings real = new SyntheticTrainings(device)) {
          group.run(
              device, new DeviceChecks(device, trainings.apply(real), reference, networks, mode));
        }
      }
    }
  }

  private void processor(ComputeDevice cpu, DeviceChecks checks) throws InterruptedException {
    learns(cpu, checks);
    result(cpu, "same-seed", checks::sameSeed);
    result(cpu, "neighbours", checks::neighbours);
    result(cpu, "stop", checks::stop);
    result(cpu, "out-of-memory", checks::outOfMemory);
    memory(cpu, checks);
  }

  private void exact(ComputeDevice gpu, DeviceChecks checks) throws InterruptedException {
    result(gpu, "same-seed-deterministic", checks::sameSeed);
    result(gpu, "recorded-deterministic", checks::recorded);
    result(gpu, "neighbours", checks::neighbours);
    result(gpu, "stop", checks::stop);
    result(gpu, "out-of-memory", checks::outOfMemory);
  }

  private void gpu(ComputeDevice gpu, DeviceChecks checks) throws InterruptedException {
    learns(gpu, checks);
    result(gpu, "same-seed", checks::sameSeed);
    result(gpu, "recorded", checks::recorded);
    memory(gpu, checks);
  }

  private void tf32(ComputeDevice gpu, DeviceChecks checks) throws InterruptedException {
    result(gpu, "tf32", () -> checks.learns(Precision.FP32));
  }

  private void learns(ComputeDevice device, DeviceChecks checks) throws InterruptedException {
    for (Precision precision : Precision.values()) {
      if (device.precisions().contains(precision)) {
        result(device, precision.toString(), () -> checks.learns(precision));
      }
    }
  }

  private void memory(ComputeDevice device, DeviceChecks checks) throws InterruptedException {
    if (checks.knowsMemory()) {
      result(device, "memory", checks::memory);
    } else {
      add(
          new CheckResult(
              device.id(),
              "memory",
              CheckResult.Outcome.SKIPPED,
              "this C library does not tell what is in use",
              0));
    }
  }

  private void result(ComputeDevice device, String name, Check check) throws InterruptedException {
    long start = System.nanoTime();
    CheckResult.Outcome outcome = CheckResult.Outcome.PASSED;
    String detail;
    try {
      detail = check.run();
    } catch (CheckFailedException e) {
      outcome = CheckResult.Outcome.FAILED;
      detail = e.getMessage();
    } catch (RuntimeException | OutOfMemoryError e) {
      // LibTorch reports every error of a device so.
      outcome = CheckResult.Outcome.FAILED;
      detail = DeviceChecks.reason(e);
    }
    add(new CheckResult(device.id(), name, outcome, detail, (System.nanoTime() - start) / 1e9));
  }

  private void add(CheckResult result) {
    results.add(result);
    listener.accept(result);
  }
}
