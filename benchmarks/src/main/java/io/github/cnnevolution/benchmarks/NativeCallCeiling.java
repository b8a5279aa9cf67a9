package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.device.NativeOwner;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the way from Java into LibTorch costs: a call that computes nothing, and one that makes and
 * frees a native object besides. {@link NativeShare} counts how many of them a step makes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class NativeCallCeiling {
  private final NativeOwner owner = new NativeOwner();
  private Tensor tensor;

  /** Loads LibTorch. */
  @Setup
  public void setUp() {
    Machine.device("cpu", 1);
    try (PointerScope scope = new PointerScope()) {
      tensor = owner.keep(torch.zeros(2, 3));
    }
  }

  /** Frees the tensor. */
  @TearDown
  public void tearDown() {
    owner.close();
  }

  /** The number of a tensor's dimensions. */
  @Benchmark
  public long call() {
    return tensor.dim();
  }

  /** A scalar, made and freed. */
  @Benchmark
  public long object() {
    try (Scalar scalar = new Scalar(1.0)) {
      return scalar.address();
    }
  }

  /** The cheapest operation on a tensor: another handle of it, made and freed. */
  @Benchmark
  public long operation() {
    try (Tensor view = tensor.detach()) {
      return view.address();
    }
  }
}
