package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs final trainings on the workers of all devices, several at a time as memory allows. Every
 * training gets a result: what runs out of memory is tried again, alone on its device and then in
 * smaller parts, and what loses its device continues on another one from its checkpoint.
 *
 * <p>Owns the workers. Closing stops them within a training step; each training then has the
 * checkpoint of its last epoch.
 */
public final class FinalTrainingService implements AutoCloseable {
  private final WorkerPool<FinalTrainingJob, SeedResult> workers;
  private final SeedListener listener;
  private final JobRunner<FinalTrainingJob, SeedResult> runner;

  /**
   * Starts the workers of all devices.
   *
   * @param devices at least one, each once
   * @param listener receives starts, results and lost devices; progress comes from the runners
   */
  public FinalTrainingService(
      List<DeviceWorkers<FinalTrainingJob, SeedResult>> devices, SeedListener listener) {
    this.listener = listener;
    this.workers = new WorkerPool<>(devices, JobOrder.LONGEST_FIRST, new Events(listener));
    this.runner = devices.get(0).runner();
  }

  /** Passes on what workers do. */
  private record Events(SeedListener listener)
      implements WorkerListener<FinalTrainingJob, SeedResult> {
    @Override
    public void onStart(FinalTrainingJob job, String worker) {
      listener.onStart(job, worker);
    }

    @Override
    public void onEnd(
        FinalTrainingJob job, SeedResult result, ComputeDevice device, long memoryBytes) {
      listener.onEnd(result);
    }

    @Override
    public void onDeviceLost(LostDevice device) {
      listener.onDeviceLost(device);
    }
  }

  /**
   * Runs all trainings and waits for them. May take hours.
   *
   * @param jobs each with an id and a seed of its own
   * @return the results in the order of the jobs. Where no device is left, the trainings that are
   *     not done have failed with {@link FailureKind#DEVICE}
   * @throws InterruptedException if the waiting thread is interrupted; trainings go on until this
   *     is closed
   */
  public List<SeedResult> train(List<FinalTrainingJob> jobs) throws InterruptedException {
    List<CompletableFuture<SeedResult>> pending = new ArrayList<>();
    for (FinalTrainingJob job : jobs) {
      pending.add(workers.submit(job));
    }
    List<SeedResult> results = new ArrayList<>();
    for (FinalTrainingJob job : jobs) {
      results.add(await(job, pending.get(results.size())));
    }
    return results;
  }

  private SeedResult await(FinalTrainingJob job, CompletableFuture<SeedResult> pending)
      throws InterruptedException {
    try {
      return pending.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoDeviceLeftException noDeviceLeft) {
        SeedResult failed =
            runner.failure(job, 1, FailureKind.DEVICE, noDeviceLeft.getMessage(), "");
        listener.onEnd(failed);
        return failed;
      }
      throw new IllegalStateException("a worker failed", e.getCause());
    }
  }

  /** Returns the devices that have failed so far, in the order in which they did. */
  public List<LostDevice> lostDevices() {
    return workers.lostDevices();
  }

  @Override
  public void close() {
    workers.close();
  }
}
