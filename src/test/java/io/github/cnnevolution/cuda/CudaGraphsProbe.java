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
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Trains networks one after the other on a GPU with recorded steps, each several times, and prints
 * after each training what LibTorch's allocator holds, in bytes; at the end once more, after the
 * memory of recordings was released.
 */
final class CudaGraphsProbe {
  static final int TIMES = 4;
  static final int STEPS_AN_EPOCH = 2;
  static final int EPOCHS = 10;
  // Of synthetic images there are 100 classes.
  private static final int IMAGES = 100;

  private CudaGraphsProbe() {}

  /**
   * Runs as a process of its own, on the recorder.
   *
   * @param cases each {@code phenotype precision parts}
   */
  public static void main(String[] cases) throws InterruptedException {
    NativeRuntime.load(1);
    ComputeDevice gpu = Devices.gpus().get(0);
    ImageSet images = SyntheticImages.generate(1, 1, 1).train();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    CudaGraphs graphs = CudaGraphs.on(System.err::println);
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), gpu);
        DeviceBinding binding = gpu.bind()) {
      for (String text : cases) {
        String[] words = text.split(" ", -1);
        TrainingRecipe recipe =
            TrainingRecipe.sgd(Precision.valueOf(words[1]))
                .with(EPOCHS, IMAGES / STEPS_AN_EPOCH, OptimizerKind.SGD.plain().learningRate());
        Trainer trainer = new Trainer(recipe, data, ProfilerRanges.OFF, graphs);
        Architecture architecture = Networks.named(words[0]);
        for (int time = 0; time < TIMES; time++) {
          try (Network network = new Network(architecture, gpu, 1)) {
            trainer.train(network, 1, Integer.parseInt(words[2]));
          }
          out.println(GpuMemory.reserved(gpu));
        }
      }
      graphs.releaseIdleMemory(gpu);
      out.println(GpuMemory.reserved(gpu));
    }
  }
}
