package io.github.cnnevolution.training;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.data.SyntheticImages;
import io.github.cnnevolution.device.ComputeThreads;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.StagedSpace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains networks on the CPU, and prints by how many bytes the process was larger at its peak than
 * before, when the data were there. A process of its own, since a process keeps what it has had.
 */
final class CpuMemoryProbe {
  static final int IMAGES = 300;

  private static final int IMAGES_PER_CLASS = IMAGES / Architecture.CLASSES;

  private CpuMemoryProbe() {}

  /**
   * Trains the networks one after the other in each worker.
   *
   * @param arguments precision, batch size, number of workers, then the names of networks
   */
  public static void main(String[] arguments) throws Exception {
    Precision precision = Precision.valueOf(arguments[0]);
    int batch = Integer.parseInt(arguments[1]);
    List<Architecture> networks = new ArrayList<>();
    for (String name : List.of(arguments).subList(3, arguments.length)) {
      networks.add(named(name));
    }
    NativeRuntime.load(1);
    TrainingRecipe recipe =
        TrainingRecipe.sgd(precision).with(1, batch, OptimizerKind.SGD.plain().learningRate());
    ImageSet images = SyntheticImages.generate(1, IMAGES_PER_CLASS, 1).train();
    try (DeviceDataset data = DeviceDataset.of(images, Normalization.of(images), Devices.cpu())) {
      long before = bytes("VmRSS:");
      Trainer trainer = new Trainer(recipe, data);
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        workers.add(ComputeThreads.start("worker-" + i, () -> train(trainer, data, networks)));
      }
      for (Thread worker : workers) {
        worker.join();
      }
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      out.println(bytes("VmHWM:") - before);
    }
  }

  /** The network of a name, of the 20-bit space or staged. */
  static Architecture named(String phenotype) {
    return PlainNetworks.all().stream()
        .filter(network -> network.phenotype().equals(phenotype))
        .findFirst()
        .orElseGet(() -> StagedSpace.named("staged", phenotype, Architecture.CLASSES));
  }

  private static void train(Trainer trainer, DeviceDataset data, List<Architecture> networks) {
    try {
      for (Architecture architecture : networks) {
        try (Network network = new Network(architecture, data.device(), 1)) {
          trainer.train(network, 1);
          trainer.accuracy(network, data);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long bytes(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}
