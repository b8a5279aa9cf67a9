package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.evaluation.WorkerScaling;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.DivergedException;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Trains the same networks for some tenths of a second on a number of threads, to see how many
 * images a second they train together. What is trained is thrown away. Owns its threads, each of
 * which is bound to the device as a worker is.
 */
final class TrialTrainings implements WorkerScaling.Speed, AutoCloseable {
  /** A small one, which waits for launches, and one that keeps a device busier. */
  private static final List<String> NETWORKS = List.of("w32-k3-relu-ss", "w64-k3-relu-ddd");

  /** Until then kernels are chosen, memory is taken and steps are recorded. */
  private static final int WARM_STEPS = 12;

  private static final long MEASURED_MILLIS = 400;

  private final Trainer trainer;
  private final ComputeDevice device;
  private final List<Architecture> networks;
  private final ExecutorService threads;
  private boolean used;

  /**
   * Trials on the device of a trainer.
   *
   * @param most threads
   */
  TrialTrainings(Trainer trainer, int classes, int most) {
    this.trainer = trainer;
    this.device = trainer.device();
    PlainSpace space = new PlainSpace();
    this.networks = NETWORKS.stream().map(name -> space.named(name, classes)).toList();
    // The same threads for all numbers of workers, since LibTorch keeps memory for each stream.
    this.threads = Executors.newFixedThreadPool(most, this::thread);
  }

  private Thread thread(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try (DeviceBinding binding = device.bind()) {
                work.run();
              }
            },
            "trial-" + device.id());
    thread.setDaemon(true);
    return thread;
  }

  /** The geometric mean of the networks, so that each of them counts the same. */
  @Override
  public double imagesPerSecond(int workers) throws InterruptedException {
    double product = 1;
    for (Architecture network : networks) {
      product *= imagesPerSecond(network, workers);
    }
    return Math.pow(product, 1.0 / networks.size());
  }

  private double imagesPerSecond(Architecture architecture, int workers)
      throws InterruptedException {
    used = true;
    Trial trial = new Trial(workers);
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      futures.add(threads.submit(() -> trial.train(architecture)));
    }
    try {
      return trial.measure(futures);
    } finally {
      futures.forEach(future -> future.cancel(true));
      trial.go.countDown();
    }
  }

  /** One number of workers with one network. */
  private final class Trial {
    private final CountDownLatch warm;
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch ended;
    private final AtomicLong images = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Trial(int workers) {
      this.warm = new CountDownLatch(workers);
      this.ended = new CountDownLatch(workers);
    }

    /** All have trained some steps and wait; what they launched is done; then time counts. */
    double measure(List<Future<?>> futures) throws InterruptedException {
      warm.await();
      device.synchronize();
      long start = System.nanoTime();
      go.countDown();
      ended.await(MEASURED_MILLIS, TimeUnit.MILLISECONDS);
      futures.forEach(future -> future.cancel(true));
      ended.await();
      // The host may have launched more than is done.
      device.synchronize();
      double seconds = (System.nanoTime() - start) / 1e9;
      if (failure.get() != null) {
        throw new IllegalStateException(failure.get().getMessage(), failure.get());
      }
      return images.get() / seconds;
    }

    void train(Architecture architecture) {
      try (Network network = new Network(architecture, device, 0)) {
        Counter counter = new Counter();
        trainer.train(network, 0, 1, TrainingControls.of(Deadline.NONE, counter::count));
      } catch (InterruptedException | DivergedException e) {
        // The time is over, or the loss is not finite: of no matter here.
        return;
      } catch (RuntimeException | Error e) {
        failure.set(e);
      } finally {
        warm.countDown();
        ended.countDown();
      }
    }

    /** Counts the images of one training after its first steps. */
    private final class Counter {
      private long before;

      void count(TrainingProgress progress) {
        if (progress.steps() == WARM_STEPS && before == 0) {
          before = progress.images();
          warm.countDown();
          awaitGo();
        } else if (before > 0) {
          images.addAndGet(progress.images() - before);
          before = progress.images();
        }
      }

      private void awaitGo() {
        try {
          go.await();
        } catch (InterruptedException e) {
          // The training notices it before its next step.
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (used) {
      device.releaseWorkspaces();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
