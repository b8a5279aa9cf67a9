package io.github.cnnevolution.cuda;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaGraphs;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.GpuMemory;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.device.ProfilerRanges;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.training.Deadline;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingControls;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Two workers of one GPU train large and small networks with recorded steps, in an order that is
 * fixed. Ends with an exception if memory is out.
 */
final class GraphPoolsProbe {
  private static final String LARGE = "w128-k3-relu-ssss";
  private static final String SMALL = "w16-k2-relu-d";
  private static final int BATCH = 256;
  // After a replayed step, the first of an epoch: then nobody has waited for it.
  private static final int STOP = 7;

  private final Trainer trainer;
  private final ComputeDevice gpu;

  private GraphPoolsProbe(Trainer trainer, ComputeDevice gpu) {
    this.trainer = trainer;
    this.gpu = gpu;
  }

  /**
   * Runs as a process of its own, on the recorder.
   *
   * @param arguments {@code giving_up}: trainings end in the middle of an epoch instead
   */
  public static void main(String[] arguments) throws Exception {
    NativeRuntime.load(1);
    ComputeDevice gpu = Devices.gpus().get(0);
    ImageSet images = SyntheticImages.generate(1, 6, 1).train();
    TrainingRecipe recipe =
        TrainingRecipe.sgd(Precision.BF16)
            .with(10, BATCH, OptimizerKind.SGD.plain().learningRate());
    CudaGraphs graphs =
        CudaGraphs.on(
            warning -> {
              throw new IllegalStateException(warning);
            });
    ExecutorService first = Executors.newSingleThreadExecutor();
    ExecutorService second = Executors.newSingleThreadExecutor();
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), gpu)) {
      GpuMemory.limit(gpu).orElseThrow();
      Trainer trainer = new Trainer(recipe, data, ProfilerRanges.OFF, graphs);
      GraphPoolsProbe probe = new GraphPoolsProbe(trainer, gpu);
      AtomicReference<DeviceBinding> binding = new AtomicReference<>();
      first.submit(() -> binding.set(gpu.bind())).get();
      second.submit(() -> binding.set(gpu.bind())).get();
      if (arguments.length > 0) {
        for (int i = 0; i < 3; i++) {
          first.submit(probe::giveUp).get();
        }
      } else {
        probe.keep(first, second);
      }
    } finally {
      first.shutdown();
      second.shutdown();
    }
  }

  private void keep(ExecutorService first, ExecutorService second) throws Exception {
    // What the first keeps is in the way of the second, and the reverse.
    first.submit(() -> train(LARGE, TrainingListener.NONE)).get();
    second.submit(() -> train(LARGE, TrainingListener.NONE)).get();
    first.submit(() -> train(LARGE, TrainingListener.NONE)).get();
    // In the middle of a small training, what it has kept of a large one is in the way.
    TrainingListener other =
        progress -> {
          if (progress.steps() == 10) {
            await(second.submit(() -> train(LARGE, TrainingListener.NONE)));
          }
        };
    first.submit(() -> train(SMALL, other)).get();
  }

  private Void giveUp() throws InterruptedException {
    IllegalStateException end = new IllegalStateException("given up");
    try {
      train(
          SMALL,
          progress -> {
            if (progress.steps() == STOP) {
              throw end;
            }
          });
    } catch (IllegalStateException e) {
      if (e != end) {
        throw e;
      }
    }
    return null;
  }

  private static void await(Future<?> training) {
    try {
      training.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Void train(String name, TrainingListener listener) throws InterruptedException {
    try (Network network = new Network(Networks.named(name), gpu, 1)) {
      trainer.train(network, 1, 1, TrainingControls.of(Deadline.NONE, listener));
    }
    return null;
  }
}
