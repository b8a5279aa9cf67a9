package io.github.cnnevolution.cuda;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Stat;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains networks one after the other on a GPU, and prints for each the estimate of its memory and
 * the peak that LibTorch's allocator saw, in bytes: {@code phenotype precision batch parts estimate
 * peak}.
 */
final class MemoryPeaksProbe {
  private static final int IMAGES_PER_CLASS = 12;
  private static final String WARM_UP = "w16-k2-relu-s BF16 64 1";

  private MemoryPeaksProbe() {}

  /**
   * Runs as a process of its own, on the recorder.
   *
   * @param cases each {@code phenotype precision batch parts}
   */
  public static void main(String[] cases) throws InterruptedException {
    NativeRuntime.load(1);
    ComputeDevice gpu = Devices.gpus().get(0);
    ImageSet images = SyntheticImages.generate(1, IMAGES_PER_CLASS, 1).train();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), gpu);
        DeviceBinding binding = gpu.bind()) {
      // The workspaces of cuBLAS stay with the worker and are counted apart.
      peak(WARM_UP, data);
      for (String text : cases) {
        out.println(text + " " + peak(text, data));
      }
    }
  }

  private static String peak(String text, DeviceDataset data) throws InterruptedException {
    String[] words = text.split(" ", -1);
    Architecture architecture = Networks.named(words[0]);
    TrainingRecipe recipe =
        TrainingRecipe.defaults(
                // The phenotypes of the 20-bit space begin with a width.
                words[0].startsWith("w") ? OptimizerKind.SGD : OptimizerKind.MUON,
                new PlainSpace(),
                Precision.valueOf(words[1]))
            .with(2, Integer.parseInt(words[2]), OptimizerKind.SGD.plain().learningRate());
    int parts = Integer.parseInt(words[3]);
    Trainer trainer = new Trainer(recipe, data);
    data.device().releaseCachedMemory();
    torch.resetPeakStats((byte) data.device().index());
    long before = allocated(data.device()).current();
    try (Network network = new Network(architecture, data.device(), 1)) {
      trainer.train(network, 1, parts);
      trainer.accuracy(network, data);
    }
    long peak = allocated(data.device()).peak() - before;
    return trainer.memoryBytes(architecture, parts) + " " + peak;
  }

  private static Stat allocated(ComputeDevice gpu) {
    try (PointerScope scope = new PointerScope()) {
      Stat stat = torch.getDeviceStats((byte) gpu.index()).allocated_bytes();
      Stat copy = new Stat();
      copy.retainReference();
      return copy.current(stat.current()).peak(stat.peak());
    }
  }
}
