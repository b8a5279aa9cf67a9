package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A fixed set of threads that take jobs as soon as they are free. The threads live as long as the
 * pool and their device, since LibTorch keeps memory for each thread that has called it. Closing
 * interrupts them and waits until they have stopped; jobs without a result then never get one.
 *
 * @param <J> the jobs
 * @param <R> their results
 */
final class WorkerPool<J extends TrainingJob, R> implements JobPool<J, R> {
  private final List<DeviceWorkers<J, R>> devices;
  private final JobQueue<J, R> queue;
  private final List<Thread> workers = new ArrayList<>();

  /**
   * Starts the workers.
   *
   * @param devices at least one, each once
   */
  WorkerPool(List<DeviceWorkers<J, R>> devices, JobOrder order, WorkerListener<J, R> listener) {
    this.devices = List.copyOf(devices);
    this.queue = new JobQueue<>(devices, order);
    for (DeviceWorkers<J, R> device : devices) {
      for (int i = 0; i < device.workers(); i++) {
        String name = device.device().id() + "-" + i;
        this.workers.add(
            ComputeThreads.start("worker-" + name, new Worker<>(name, device, queue, listener)));
      }
    }
  }

  @Override
  public CompletableFuture<R> submit(J job) {
    return queue.submit(job);
  }

  /** By all devices; the queue plans by those that are left when it takes the job. */
  @Override
  public int microBatches(J job) {
    return MemoryPlan.of(job, devices).microBatches();
  }

  @Override
  public List<LostDevice> lostDevices() {
    return queue.lostDevices();
  }

  @Override
  public void close() {
    workers.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
