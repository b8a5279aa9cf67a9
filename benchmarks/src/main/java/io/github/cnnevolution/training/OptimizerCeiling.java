package io.github.cnnevolution.training;

import io.github.cnnevolution.benchmarks.Machine;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.device.Precision;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The optimizer is bound by memory: bytes a second that its kernel moves, beside what a plain copy
 * moves.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 1)
public class OptimizerCeiling {
  /** Weights, gradients and velocities are read, weights and velocities written. */
  private static final int FLOATS_A_WEIGHT = 5;

  /** Where. */
  @Param("cpu")
  public String device;

  /** Weights; 2^24 are 64 MiB a tensor, more than any cache. */
  @Param("16777216")
  public int weights;

  private final NativeOwner owner = new NativeOwner();
  private DeviceBinding binding;
  private Tensor parameter;
  private Tensor other;
  private NesterovSgd optimizer;
  private LossScaler scaler;

  /** What has gone through memory. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Traffic {
    /** 10^9 bytes, read or written. */
    public double gigabytes;
  }

  /** Makes weights and gradients. */
  @Setup
  public void setUp() {
    ComputeDevice where = Machine.device(device, 1);
    binding = where.bind();
    long[] shape = {weights / 1024, 1024};
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      parameter = owner.keep(torch.zeros(shape, where.tensor(ScalarType.Float)));
      other = owner.keep(torch.zeros(shape, where.tensor(ScalarType.Float)));
      parameter.mutable_grad().put(other);
    }
    optimizer = new NesterovSgd(List.of(new ParameterGroup(List.of(parameter), true)), 0.9, 5e-4);
    scaler = new LossScaler(where, Precision.FP32);
  }

  /** Frees them. */
  @TearDown
  public void tearDown() {
    scaler.close();
    optimizer.close();
    owner.close();
    binding.close();
  }

  /** One step of the fused kernel. */
  @Benchmark
  public void fusedSgd(Traffic traffic) {
    try (PointerScope scope = new PointerScope()) {
      WholeUpdate.step(optimizer, new IValue(0.01), scaler);
    }
    await();
    traffic.gigabytes += FLOATS_A_WEIGHT * Float.BYTES * (double) weights / 1e9;
  }

  /** A copy of as many floats: read once, written once. */
  @Benchmark
  public void copy(Traffic traffic) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      other.copy_(parameter);
    }
    await();
    traffic.gigabytes += 2.0 * Float.BYTES * weights / 1e9;
  }

  private void await() {
    try (PointerScope scope = new PointerScope()) {
      other.select(0, 0).select(0, 0).item_double();
    }
  }
}
