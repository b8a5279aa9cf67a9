package io.github.cnnevolution.device;

import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * How GPUs compute, beside the precision: settings of the whole process.
 *
 * <p>cuDNN's benchmark mode, which times several algorithms for each new shape and keeps the
 * fastest, is always off; cuDNN's heuristics choose instead. What the timing picks depends on the
 * moment, so that the same seed would not give the same result twice. And LibTorch keeps the
 * findings by thread, so that every worker times every shape anew, and waits each time for the
 * whole device, all other workers included: benchmarks/README.md has the counts.
 *
 * @param tf32 float32 products round their factors to TensorFloat-32, 10 bits of precision, which
 *     tensor cores multiply
 * @param deterministic only kernels that give the same bits each time (PyTorch's
 *     use_deterministic_algorithms)
 */
public record CudaMathMode(boolean tf32, boolean deterministic) {
  /** PyTorch's defaults but for TF32, which stays off. */
  public static final CudaMathMode DEFAULT = new CudaMathMode(false, false);

  /** Makes these settings. Call it before the first work on a GPU. */
  public void apply() {
    Context context = torch.globalContext();
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuBLAS(tf32);
    context.setAllowTF32CuDNN(tf32);
    context.setDeterministicCuDNN(deterministic);
    context.setDeterministicAlgorithms(deterministic, false);
    if (deterministic) {
      // cuBLAS reads it when its first handle is made; two buffers of 4 MiB for each stream are
      // among the two settings that NVIDIA documents as reproducible.
      LibC.load().setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:2", 0);
      // A debugging aid that would fill every new tensor.
      context.setDeterministicFillUninitializedMemory(false);
    }
  }
}
