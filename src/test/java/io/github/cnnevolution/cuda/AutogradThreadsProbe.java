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
import io.github.cnnevolution.training.OptimizerKind;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutogradState;

/**
 * Trains the same network with two workers on one GPU. With the argument {@code library} the
 * backward pass goes where LibTorch sends it by default; without, where {@link DeviceBinding} does.
 */
final class AutogradThreadsProbe {
  static final int WORKERS = 2;
  static final int EPOCHS = 2;
  static final int STEPS_AN_EPOCH = 5;
  private static final int BATCH = 20;

  private AutogradThreadsProbe() {}

  /** Runs as a process of its own, on the recorder. */
  public static void main(String[] arguments) throws InterruptedException {
    boolean libraryDecides = arguments.length > 0;
    NativeRuntime.load(1);
    ComputeDevice gpu = Devices.gpus().get(0);
    ImageSet images = SyntheticImages.generate(1, 1, 1).train();
    TrainingRecipe recipe =
        TrainingRecipe.sgd(Precision.BF16)
            .with(EPOCHS, BATCH, OptimizerKind.SGD.plain().learningRate());
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), gpu)) {
      Trainer trainer = new Trainer(recipe, data);
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(new Thread(() -> work(gpu, trainer, libraryDecides), "worker-gpu0-" + i));
      }
      workers.forEach(Thread::start);
      for (Thread worker : workers) {
        worker.join();
      }
    }
  }

  private static void work(ComputeDevice gpu, Trainer trainer, boolean libraryDecides) {
    Architecture architecture = Networks.decode(LaunchesOnRecorder.NETWORK);
    try (DeviceBinding binding = gpu.bind()) {
      if (libraryDecides) {
        try (PointerScope scope = new PointerScope()) {
          AutogradState.get_tls_state().set_multithreading_enabled(true);
        }
      }
      try (Network network = new Network(architecture, gpu, 1)) {
        trainer.train(network, 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
