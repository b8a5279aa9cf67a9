package io.github.cnnevolution.training;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.CpuConvolutions;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;

/**
 * How much memory the training of a network takes on the CPU at its peak, for each worker.
 *
 * <p>It is more than on a GPU. oneDNN computes convolutions on copies of their tensors in other
 * layouts, which weighs most when the images are measured in large batches, and glibc's heap has
 * more gaps. The constants were measured: src/docs/troubleshooting.md has the peaks.
 */
public final class CpuMemoryEstimate {
  /** Copies of the largest tensor: a convolution's input and output, and a gap of that size. */
  private static final int COPIES = 3;

  /** Compiled kernels, stacks and buffers of a worker. */
  private static final long WORKER_BYTES = 64L << 20;

  private CpuMemoryEstimate() {}

  /**
   * The peak of training and validating a network, in bytes, without the images.
   *
   * @param images the number of training images
   */
  public static long bytes(Architecture architecture, TrainingRecipe recipe, int images) {
    return bytes(architecture, recipe, images, Devices.cpuMultipliesTiles());
  }

  /**
   * The same for a processor that may multiply tiles of matrices; see {@link
   * Devices#cpuMultipliesTiles}.
   */
  static long bytes(Architecture architecture, TrainingRecipe recipe, int images, boolean tiles) {
    int element = recipe.precision() == Precision.FP32 ? Float.BYTES : Short.BYTES;
    long tensor =
        Trainer.EVALUATION_BATCH * MemoryEstimate.largestTensorBytes(architecture, element);
    long all =
        MemoryEstimate.bytes(architecture, recipe, images, 1)
            + copies(architecture) * tensor
            + WORKER_BYTES;
    if (element == Float.BYTES) {
      return all;
    }
    long floats =
        CpuConvolutions.keptFloats(architecture) + CpuConvolutions.transientFloats(architecture);
    long patches =
        CpuConvolutions.keptPatches(architecture, tiles)
            + CpuConvolutions.transientPatches(architecture, tiles);
    return all + recipe.partSize(images, 1) * (floats * Float.BYTES + patches * element);
  }

  /**
   * Where branches meet, tensors wait among others and leave gaps. How large the heap becomes with
   * them differs by a third from one process to the next.
   */
  private static int copies(Architecture architecture) {
    boolean branches =
        architecture.layers().stream()
            .anyMatch(layer -> layer instanceof Layer.Sum || layer instanceof Layer.Scale);
    return branches ? 2 * COPIES : COPIES;
  }
}
