package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * How much of a training step is spent outside LibTorch, and in how many native calls: run it with
 * {@link NativeCallMeter} as agent.
 *
 * <pre>
 * java -javaagent:target/benchmarks.jar -cp target/benchmarks.jar \
 *   io.github.cnnevolution.benchmarks.NativeShare w16-k2-relu-d 128
 * </pre>
 *
 * <p>Whatever is not inside a native method counts as outside, the meter itself included.
 */
public final class NativeShare {
  private static final int STEPS = 50;

  // Small batches: the same Java code many times, as the compiler of the virtual machine wants it.
  private static final int WARMUP_EPOCHS = 80;
  private static final int WARMUP_BATCH = 8;

  private static final int FUNCTIONS_SHOWN = 12;

  private NativeShare() {}

  /** Takes the phenotype, the batch size, and the epochs that warm up. */
  public static void main(String[] arguments) throws InterruptedException {
    String phenotype = arguments.length > 0 ? arguments[0] : Networks.SMALLEST;
    int batchSize = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 128;
    int warmup = arguments.length > 2 ? Integer.parseInt(arguments[2]) : WARMUP_EPOCHS;
    ComputeDevice cpu = Machine.device("cpu", 1);
    TrainingRecipe recipe = TrainingRecipe.sgd(cpu.preferred());
    try (DeviceBinding binding = cpu.bind();
        DeviceDataset few = RandomImages.on(cpu, STEPS * WARMUP_BATCH);
        DeviceDataset images = RandomImages.on(cpu, STEPS * batchSize);
        Network network = new Network(Networks.of(phenotype), cpu, 1)) {
      Trainer small = new Trainer(recipe.with(1, WARMUP_BATCH, 0.001), few);
      for (int i = 0; i < warmup; i++) {
        small.train(network, 1);
      }
      Trainer trainer = new Trainer(recipe.with(1, batchSize, 0.001), images);
      trainer.train(network, 1);
      NativeCallMeter.clear();
      long start = System.nanoTime();
      trainer.train(network, 1);
      print(phenotype, batchSize, System.nanoTime() - start);
    }
  }

  private static void print(String phenotype, int batchSize, long nanos) {
    List<NativeCallMeter.Calls> calls = NativeCallMeter.calls();
    if (calls.isEmpty()) {
      throw new IllegalStateException("nothing was counted: add -javaagent:target/benchmarks.jar");
    }
    long count = calls.stream().mapToLong(NativeCallMeter.Calls::calls).sum();
    long inside = calls.stream().mapToLong(NativeCallMeter.Calls::nanos).sum();
    PrintStream out = System.out;
    out.printf(
        Locale.ROOT,
        "%s, batch %d: a step takes %.2f ms, of it %.1f us (%.2f %%) outside native methods, in %.1f native calls%n",
        phenotype,
        batchSize,
        nanos / 1e6 / STEPS,
        (nanos - inside) / 1e3 / STEPS,
        100.0 * (nanos - inside) / nanos,
        (double) count / STEPS);
    out.println("most time, by native method: calls a step, microseconds a step");
    calls.stream()
        .limit(FUNCTIONS_SHOWN)
        .forEach(
            called ->
                out.printf(
                    Locale.ROOT,
                    "  %-50s %8.2f %10.1f%n",
                    called.name(),
                    (double) called.calls() / STEPS,
                    called.nanos() / 1e3 / STEPS));
  }
}
