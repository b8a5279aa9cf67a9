package io.github.cnnevolution.cuda;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trains the same network on one GPU with several threads at the same time, and prints what a step
 * costs the host: threads, steps, and by step and thread CPU microseconds, wall microseconds, and
 * how often the thread slept. The first epoch is not measured.
 */
final class HostStepsProbe {
  private static final int IMAGES_PER_CLASS = 6;
  private static final int BATCH = 2;
  private static final int EPOCHS = 4;

  private final Trainer trainer;
  private final ComputeDevice gpu;
  private final String network;

  /** What a thread has used until now: CPU and wall time in ns, and how often it slept. */
  private record Cost(long steps, long cpu, long wall, long sleeps) {
    static Cost now(long steps) {
      try {
        long sleeps =
            Files.readString(Path.of("/proc/thread-self/status"))
                .lines()
                .filter(line -> line.startsWith("voluntary_ctxt_switches"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        return new Cost(steps, cpu, System.nanoTime(), sleeps);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Cost minus(Cost other) {
      return new Cost(
          steps - other.steps, cpu - other.cpu, wall - other.wall, sleeps - other.sleeps);
    }
  }

  private HostStepsProbe(Trainer trainer, ComputeDevice gpu, String network) {
    this.trainer = trainer;
    this.gpu = gpu;
    this.network = network;
  }

  /**
   * Runs as a process of its own, on the recorder.
   *
   * @param arguments the network, {@code plain} or {@code recorded}, numbers of threads
   */
  public static void main(String[] arguments) throws Exception {
    NativeRuntime.load(1);
    ComputeDevice gpu = Devices.gpus().get(0);
    ImageSet images = SyntheticImages.generate(1, IMAGES_PER_CLASS, 1).train();
    TrainingRecipe recipe =
        TrainingRecipe.sgd(Precision.BF16)
            .with(EPOCHS, BATCH, OptimizerKind.SGD.plain().learningRate());
    CudaGraphs graphs =
        arguments[1].equals("recorded") ? CudaGraphs.on(System.err::println) : CudaGraphs.OFF;
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), gpu)) {
      Trainer trainer = new Trainer(recipe, data, ProfilerRanges.OFF, graphs);
      HostStepsProbe probe = new HostStepsProbe(trainer, gpu, arguments[0]);
      // Compiles the code.
      probe.costs(1);
      for (int i = 2; i < arguments.length; i++) {
        int threads = Integer.parseInt(arguments[i]);
        List<Cost> costs = probe.costs(threads);
        long steps = costs.stream().mapToLong(Cost::steps).sum();
        double cpu = costs.stream().mapToLong(Cost::cpu).sum() / 1e3 / steps;
        double wall = costs.stream().mapToLong(Cost::wall).sum() / 1e3 / steps;
        double sleeps = (double) costs.stream().mapToLong(Cost::sleeps).sum() / steps;
        System.out.println(Text.format("%d %d %.1f %.1f %.3f", threads, steps, cpu, wall, sleeps));
      }
    }
  }

  private List<Cost> costs(int threads) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    CyclicBarrier start = new CyclicBarrier(threads);
    try {
      List<Future<Cost>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(workers.submit(() -> cost(start)));
      }
      List<Cost> costs = new ArrayList<>();
      for (Future<Cost> cost : running) {
        costs.add(cost.get());
      }
      return costs;
    } finally {
      workers.shutdown();
    }
  }

  private Cost cost(CyclicBarrier start) throws Exception {
    int stepsAnEpoch = 100 * IMAGES_PER_CLASS / BATCH;
    List<Cost> epochs = new ArrayList<>();
    TrainingListener listener =
        progress -> {
          if (progress.steps() / stepsAnEpoch > epochs.size()) {
            if (epochs.isEmpty()) {
              await(start);
            }
            epochs.add(Cost.now(progress.steps()));
          }
        };
    try (DeviceBinding binding = gpu.bind();
        Network trained = new Network(Networks.named(network), gpu, 1)) {
      trainer.train(trained, 1, 1, TrainingControls.of(Deadline.NONE, listener));
    }
    return epochs.get(epochs.size() - 1).minus(epochs.get(0));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
