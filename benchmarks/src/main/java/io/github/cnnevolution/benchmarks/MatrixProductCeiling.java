package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Precision;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The ceiling of training: how many flop/s the device reaches in products of square matrices. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatrixProductCeiling {
  /** Where. */
  @Param("cpu")
  public String device;

  /** Threads inside one operation on the CPU. */
  @Param("1")
  public int threads;

  /** Of the factors. */
  @Param({"bf16", "fp32"})
  public String precision;

  /** Rows and columns of each matrix. */
  @Param({"2048", "4096"})
  public int side;

  private DeviceBinding binding;
  private MatrixProduct product;

  /** What the products amount to. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Achieved {
    /** 10^9 floating-point operations. */
    public double gflop;
  }

  /** Makes the factors. */
  @Setup
  public void setUp() {
    ComputeDevice where = Machine.device(device, threads);
    binding = where.bind();
    product = new MatrixProduct(where, Precision.valueOf(precision.toUpperCase(Locale.ROOT)), side);
  }

  /** Frees them. */
  @TearDown(Level.Trial)
  public void tearDown() {
    product.close();
    binding.close();
  }

  /** One product. */
  @Benchmark
  public void product(Achieved achieved) {
    product.multiply();
    achieved.gflop += product.flops() / 1e9;
  }
}
