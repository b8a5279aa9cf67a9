package io.github.cnnevolution.training;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.ForwardPlan;
import io.github.cnnevolution.space.Architecture;

/**
 * How much device memory a training takes at its peak: arithmetic on shapes, which follows the
 * tensors of one step through the forward and the backward pass.
 *
 * <p>Meant as an upper bound, since a candidate that takes more than was planned makes its
 * neighbours fail. What cuDNN allocates as workspace depends on the kernels that it chooses, and
 * cannot be known from shapes; {@link #WORKSPACE_BYTES} is a guess at it.
 */
public final class MemoryEstimate {
  private static final long MIB = 1L << 20;
  private static final int FLOAT = 4;
  private static final int LONG = 8;

  /**
   * What a worker holds on its device from its first training to its end, whatever it trains, in
   * bytes: the workspaces of cuBLAS and cuBLASLt for its stream, 32 MiB each on compute capability
   * 9.0 and less on others.
   */
  public static final long WORKER_BYTES = 66 * MIB;

  /** A guess at what cuDNN allocates beside the tensors while a convolution runs. */
  private static final long WORKSPACE_BYTES = 32 * MIB;

  /**
   * What is lost between tensors, since the allocator takes memory from the driver in pieces of 2
   * and 20 MiB and divides it as it goes, as a share. Measured with the allocator of LibTorch 2.10
   * under a limit that shrank until it gave up: some networks did not go through with 0.1.
   */
  private static final double FRAGMENTATION = 0.3;

  /** A batch in the making: indices (int32), pixels (uint8), and both images (float32). */
  private static final long BATCH_BYTES_PER_IMAGE =
      Architecture.INPUT.elements() / 3 * 4L + Architecture.INPUT.elements() * (1L + FLOAT);

  /** Of an epoch's order: an int64, and 32 places (int32) and what they are computed from. */
  private static final long ORDER_BYTES_PER_IMAGE = LONG + 32L * 4;

  private static final long SHUFFLE_BYTES_PER_IMAGE = 32L * LONG + 4L * LONG;

  private MemoryEstimate() {}

  /**
   * The peak of training and validating a network, in bytes, without the resident images.
   *
   * @param images the number of training images
   * @param microBatches into how many parts each batch is split at least
   */
  public static long bytes(
      Architecture architecture, TrainingRecipe recipe, int images, int microBatches) {
    int batch = Math.min(recipe.batchSize(), images);
    int parts = recipe.parts(images, microBatches);
    int part = recipe.partSize(images, microBatches);
    int element = recipe.precision() == Precision.FP32 ? FLOAT : 2;
    ForwardPlan plan = ForwardPlan.of(architecture);
    StepMemory tensors = new StepMemory(architecture, plan, element);
    // Weights and velocities live as long as the training, 16-bit copies and the float32 gradients
    // of their masters too.
    long copies = tensors.castBytes();
    long masterGradients = copies / element * FLOAT;
    // The weights of the folded stem are made in each step, and get a gradient.
    long made = plan.folded().map(f -> f.product().parameters()).orElse(0L) * 2 * element;
    long resident =
        (1L + recipe.optimizer().statesPerWeight()) * FLOAT * architecture.parameters()
            + copies
            + masterGradients
            + made
            + images * ORDER_BYTES_PER_IMAGE;
    long step = batch * BATCH_BYTES_PER_IMAGE + tensors.trainingPeak(part, parts > 1);
    long validation =
        Trainer.EVALUATION_BATCH * BATCH_BYTES_PER_IMAGE
            + tensors.inferencePeak(Trainer.EVALUATION_BATCH);
    long shuffle = images * SHUFFLE_BYTES_PER_IMAGE;
    long all = resident + Math.max(step, Math.max(validation, shuffle));
    // And one hole that the largest tensor does not fit into.
    long hole = part * largestTensorBytes(architecture, element);
    return (long) (all * (1 + FRAGMENTATION)) + hole + WORKSPACE_BYTES;
  }

  static long largestTensorBytes(Architecture architecture, int element) {
    return element
        * architecture.layers().stream()
            .mapToLong(layer -> layer.output().elements())
            .max()
            .orElse(0);
  }
}
