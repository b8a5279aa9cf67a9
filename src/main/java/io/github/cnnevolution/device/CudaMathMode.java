package io.github.cnnevolution.device;

import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * The math settings of CUDA other than the precision. They apply to the whole process.
 *
 * <p>cuDNN's benchmark mode is always off, and cuDNN's heuristics choose the algorithms. Benchmark
 * mode times several algorithms for each new shape and keeps the fastest. Timings vary, so the same
 * seed could give different results. LibTorch also caches the choices per thread: every worker
 * would time every shape again, and each timing would wait for all work on the device, including
 * that of other workers. src/docs/benchmarks.md has the counts.
 *
 * @param tf32 whether float32 matrix products and convolutions round their operands to
 *     TensorFloat-32 (10 mantissa bits) and run on tensor cores
 * @param deterministic whether only kernels with bitwise reproducible results are used (PyTorch's
 *     use_deterministic_algorithms)
 */
public record CudaMathMode(boolean tf32, boolean deterministic) {
  /** PyTorch's defaults, except that TF32 is always off. */
  public static final CudaMathMode DEFAULT = new CudaMathMode(false, false);

  /** Applies these settings to the process. Call it before the first work on a GPU. */
  public void apply() {
    Context context = torch.globalContext();
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuBLAS(tf32);
    context.setAllowTF32CuDNN(tf32);
    context.setDeterministicCuDNN(deterministic);
    context.setDeterministicAlgorithms(deterministic, false);
    if (deterministic) {
      // NVIDIA documents two values as reproducible, and LibTorch takes the workspace of cuBLAS
      // from this variable too: eight buffers of 4 MiB are its own default on Hopper.
      LibC.load().setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
      // This debugging aid would fill every new tensor.
      context.setDeterministicFillUninitializedMemory(false);
    }
  }
}
