package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.ForwardPlan;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.OperationTimes;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.TensorShape;
import io.github.cnnevolution.training.Trainer;
import io.github.cnnevolution.training.TrainingRecipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How far a training step, in the precision that the processor prefers, is from its roofline
 * (Williams et al. 2009, "Roofline"): the operations that are really computed, at the peak of the
 * matrix product, and the bytes that must be moved, at the bandwidth of a plain copy; the larger of
 * both, for the whole step and operation by operation. Peak and bandwidth are measured in turn with
 * the step. A second table has the kinds of operations, each measured by itself.
 *
 * <p>Bytes are the least that are possible: each pass reads its inputs once and writes its outputs
 * once, in that precision; the optimizer (SGD with momentum) reads gradients, weights and
 * velocities.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.StepRoofline 128 w16-k3-relu-s
 * </pre>
 */
public final class StepRoofline {
  private static final List<String> SIX =
      List.of(
          "w16-k2-relu-d",
          "w16-k3-relu-s",
          "w32-k5-leakyrelu-ds",
          "w64-k7-gelu-sds",
          "w128-k3-relu-sdds",
          "w128-k5-elu-ssss");

  private static final int ROUNDS = 5;
  private static final int STEPS = 10;
  private static final double LEARNING_RATE = 0.001;
  private static final int COPIED_FLOATS = 1 << 24;

  /** Of one operation or many, for a batch. */
  private record Work(double flops, double bytes) {
    Work plus(Work other) {
      return new Work(flops + other.flops, bytes + other.bytes);
    }

    double seconds(double peak, double bandwidth) {
      return Math.max(flops / peak, bytes / bandwidth);
    }
  }

  /** Operations of a kind in milliseconds: their roofline, and what they take by themselves. */
  private record Kind(double roofline, double measured) {
    Kind plus(Kind other) {
      return new Kind(roofline + other.roofline, measured + other.measured);
    }
  }

  /** Of a network. */
  private record Row(String name, double step, double peak, double bandwidth) {}

  private StepRoofline() {}

  /** Takes the batch size and the names of networks; without names, the six. */
  public static void main(String[] arguments) throws InterruptedException {
    int batch = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 128;
    List<String> given =
        List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    ComputeDevice cpu = Machine.device("cpu", 1);
    System.out.println(
        "| network | GFLOP | MB | at the peak, ms | at the bandwidth, ms | operation by operation, ms"
            + " | step, ms | to the larger of both | to operation by operation |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    try (DeviceBinding binding = cpu.bind()) {
      double[] logs = new double[2];
      List<String> names = given.isEmpty() ? SIX : given;
      List<Row> rows = new ArrayList<>();
      for (String name : names) {
        double[] distances = print(name, Networks.of(name), cpu, batch);
        rows.add(new Row(name, distances[5], distances[6], distances[7]));
        logs[0] += Math.log(distances[0]) / names.size();
        logs[1] += Math.log(distances[1]) / names.size();
      }
      System.out.printf(
          Locale.ROOT,
          "| geometric mean | | | | | | | %.2f | %.2f |%n",
          Math.exp(logs[0]),
          Math.exp(logs[1]));
      System.out.println("\n| network | operations | roofline, ms | measured, ms | of the step |");
      System.out.println("|---|---|---|---|---|");
      rows.forEach(row -> printKinds(row, cpu, batch));
    }
    // LibTorch may keep threads alive.
    System.exit(0);
  }

  /** Prints a row; returns both distances. */
  private static double[] print(
      String name, Architecture architecture, ComputeDevice device, int batch)
      throws InterruptedException {
    List<Work> operations =
        ForwardPlan.of(architecture).operations().stream()
            .map(one -> work(one, batch, bytes(device.preferred())))
            .toList();
    Work all = operations.stream().reduce(new Work(0, 0), Work::plus);
    TrainingRecipe recipe = TrainingRecipe.sgd(device.preferred()).with(1, batch, LEARNING_RATE);
    double[][] rows = new double[ROUNDS][];
    try (DeviceDataset images = RandomImages.on(device, STEPS * batch);
        Network network = new Network(architecture, device, 1)) {
      Trainer trainer = new Trainer(recipe, images);
      trainer.train(network, 1);
      for (int i = 0; i < ROUNDS; i++) {
        double peak = MatrixProduct.peak(device, device.preferred());
        double bandwidth = bandwidth(device);
        long start = System.nanoTime();
        trainer.train(network, 1);
        double step = (System.nanoTime() - start) / 1e9 / STEPS;
        double each = operations.stream().mapToDouble(one -> one.seconds(peak, bandwidth)).sum();
        rows[i] =
            new double[] {
              step / all.seconds(peak, bandwidth),
              step / each,
              all.flops / peak,
              all.bytes / bandwidth,
              each,
              step,
              peak,
              bandwidth
            };
      }
    }
    // The round whose distance is the median, so that its figures belong together.
    Arrays.sort(rows, (a, b) -> Double.compare(a[0], b[0]));
    double[] median = rows[ROUNDS / 2];
    System.out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.0f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
        name,
        all.flops / 1e9,
        all.bytes / 1e6,
        1e3 * median[2],
        1e3 * median[3],
        1e3 * median[4],
        1e3 * median[5],
        median[0],
        median[1]);
    return median;
  }

  /** Prints where the time of a step goes; the rest is the optimizer, batches, casts and loss. */
  private static void printKinds(Row row, ComputeDevice device, int batch) {
    Architecture architecture = Networks.of(row.name);
    List<ForwardPlan.Operation> operations = ForwardPlan.of(architecture).operations();
    List<Double> seconds = OperationTimes.seconds(architecture, device, batch);
    Map<String, Kind> kinds = new LinkedHashMap<>();
    double rest = 1e3 * row.step;
    for (int i = 0; i < operations.size(); i++) {
      double measured = 1e3 * seconds.get(i);
      double roofline =
          1e3
              * work(operations.get(i), batch, bytes(device.preferred()))
                  .seconds(row.peak, row.bandwidth);
      kinds.merge(kind(operations.get(i)), new Kind(roofline, measured), Kind::plus);
      rest -= measured;
    }
    kinds.values().removeIf(kind -> kind.measured == 0);
    kinds.put("the rest", new Kind(0, rest));
    kinds.forEach(
        (name, kind) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.2f | %.2f | %.2f |%n",
                row.name,
                name,
                kind.roofline,
                kind.measured,
                kind.measured / 1e3 / row.step));
  }

  private static String kind(ForwardPlan.Operation operation) {
    return operation
        .work()
        .accept(
            new ForwardPlan.Cases<String>() {
              @Override
              public String single(ForwardPlan.Single work) {
                return work.layer().getClass().getSimpleName();
              }

              @Override
              public String folded(ForwardPlan.Folded work) {
                return "folded stem";
              }

              @Override
              public String pooledFirst(ForwardPlan.PooledFirst work) {
                return "MaxPool, then Activation";
              }
            });
  }

  /** Of one value. */
  private static int bytes(Precision precision) {
    return precision == Precision.FP32 ? Float.BYTES : Float.BYTES / 2;
  }

  /**
   * Read in both passes, gradient written and read, master weight and velocity read and written; in
   * half precision the weight is written besides.
   *
   * @param bytes of one value
   */
  private static int bytesOfParameter(int bytes) {
    return 4 * bytes + 4 * Float.BYTES + (bytes < Float.BYTES ? bytes : 0);
  }

  private static Work work(ForwardPlan.Operation operation, int batch, int bytes) {
    // The images have no gradient.
    boolean first = operation.inputs().contains(Node.IMAGE);
    return operation
        .work()
        .accept(
            new ForwardPlan.Cases<Work>() {
              @Override
              public Work single(ForwardPlan.Single work) {
                Layer layer = work.layer();
                boolean computes =
                    !(layer instanceof Layer.Flatten || layer instanceof Layer.Dropout);
                return computes ? of(layer, layer.parameters()) : new Work(0, 0);
              }

              @Override
              public Work folded(ForwardPlan.Folded work) {
                return of(work.product(), work.stem().parameters() + work.next().parameters());
              }

              @Override
              public Work pooledFirst(ForwardPlan.PooledFirst work) {
                // The activation in place adds a pass over the output in either direction.
                Work pool = of(work.pool(), 0);
                return pool.plus(moved(4.0 * work.pool().output().elements()));
              }

              private Work of(Layer layer, long parameters) {
                double in = layer.inputs().stream().mapToDouble(TensorShape::elements).sum();
                double out = layer.output().elements();
                Work passes = moved(in + out + out + in + (first ? 0 : in));
                return passes.plus(
                    new Work(
                        (first ? 2.0 : 3.0) * layer.flops() * batch,
                        (double) bytesOfParameter(bytes) * parameters));
              }

              private Work moved(double elements) {
                return new Work(0, elements * bytes * batch);
              }
            });
  }

  /** Bytes a second of a plain copy that fits into no cache; the best of a few. */
  private static double bandwidth(ComputeDevice device) {
    try (NativeOwner owner = new NativeOwner();
        PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      Tensor from =
          owner.keep(torch.zeros(new long[] {COPIED_FLOATS}, device.tensor(ScalarType.Float)));
      Tensor to =
          owner.keep(torch.zeros(new long[] {COPIED_FLOATS}, device.tensor(ScalarType.Float)));
      double best = 0;
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        to.copy_(from);
        double seconds = (System.nanoTime() - start) / 1e9;
        best = Math.max(best, 2.0 * Float.BYTES * COPIED_FLOATS / seconds);
      }
      return best;
    }
  }
}
