package io.github.cnnevolution.training;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
   * @param microBatches into how many parts each batch is split
   */
  public static long bytes(
      Architecture architecture, TrainingRecipe recipe, int images, int microBatches) {
    int batch = Math.min(recipe.batchSize(), images);
    int part = (batch + microBatches - 1) / microBatches;
    int element = recipe.precision() == Precision.FP32 ? FLOAT : 2;
    Optional<Layer.Convolution> folded = Network.foldedStem(architecture);
    List<Operation> operations = operations(architecture, folded, element);
    long parameters = architecture.parameters();
    // Weights and what the optimizer keeps of them live as long as the training, 16-bit copies and
    // the float32 gradients of their masters too.
    long copies = operations.stream().mapToLong(Operation::castBytes).sum();
    long masterGradients = copies / element * FLOAT;
    // The weights of the folded stem are made in each step, and get a gradient.
    long made = folded.map(Layer::parameters).orElse(0L) * 2 * element;
    long resident =
        (1L + recipe.optimizer().statesPerWeight()) * FLOAT * parameters
            + copies
            + masterGradients
            + made
            + images * ORDER_BYTES_PER_IMAGE;
    long step = batch * BATCH_BYTES_PER_IMAGE + stepBytes(operations, part, microBatches > 1);
    long validation =
        Trainer.EVALUATION_BATCH * BATCH_BYTES_PER_IMAGE
            + validationBytes(operations, Trainer.EVALUATION_BATCH);
    long shuffle = images * SHUFFLE_BYTES_PER_IMAGE;
    long tensors = resident + Math.max(step, Math.max(validation, shuffle));
    // And one hole that the largest tensor does not fit into.
    long hole = part * largestTensorBytes(architecture, element);
    return (long) (tensors * (1 + FRAGMENTATION)) + hole + WORKSPACE_BYTES;
  }

  private static long largestTensorBytes(Architecture architecture, int element) {
    return element
        * architecture.layers().stream()
            .mapToLong(layer -> layer.output().elements())
            .max()
            .orElse(0);
  }

  /**
   * The backward pass frees what the forward pass has saved, from the last operation to the first,
   * while the gradients of the weights pile up: the peak is somewhere on the way.
   *
   * @param accumulated whether the gradients of an earlier part are there already; those of masters
   *     are counted elsewhere
   */
  private static long stepBytes(List<Operation> operations, int part, boolean accumulated) {
    long saved = 0;
    long peak = 0;
    for (Operation operation : operations) {
      saved += operation.savedBytes(part);
      peak = Math.max(peak, saved + part * operation.transientBytes);
    }
    long earlier =
        accumulated
            ? operations.stream()
                .filter(o -> o.castBytes == 0)
                .mapToLong(Operation::weightGradientBytes)
                .sum()
            : 0;
    peak += earlier;
    long gradients = earlier;
    for (int i = operations.size() - 1; i >= 0; i--) {
      Operation operation = operations.get(i);
      long weightGradient = operation.gradientCopies * operation.weightGradientBytes();
      peak = Math.max(peak, saved + gradients + part * operation.gradientBytes + weightGradient);
      saved -= operation.savedBytes(part);
      if (!accumulated || operation.castBytes > 0) {
        gradients += operation.weightGradientBytes();
      }
    }
    return peak;
  }

  /** Without gradients only the input and output of the operation at work are there. */
  private static long validationBytes(List<Operation> operations, int batch) {
    long casts = operations.stream().mapToLong(Operation::castBytes).sum();
    long largest = operations.stream().mapToLong(Operation::liveBytes).max().orElse(0);
    return casts + batch * largest;
  }

  /**
   * One operation of the network.
   *
   * @param liveBytes of one image: input and output
   * @param savedPerImage what of them waits for the backward pass
   * @param transientBytes of one image, what the forward pass needs while it runs
   * @param gradientBytes of one image, what the backward pass needs while it runs
   * @param parameters of it
   * @param castBytes of their copies in the type of the forward pass
   * @param gradientCopies how many gradients of them the backward pass makes on the way
   */
  private record Operation(
      long liveBytes,
      long savedPerImage,
      long transientBytes,
      long gradientBytes,
      long parameters,
      long castBytes,
      long gradientCopies) {
    /** An operation whose gradients are no larger than its input and output. */
    static Operation of(
        long liveBytes, long savedPerImage, long transientBytes, long parameters, long castBytes) {
      return new Operation(
          liveBytes, savedPerImage, transientBytes, liveBytes, parameters, castBytes, 1);
    }

    /** The same on tensors of the same size, with these parameters instead. */
    Operation with(long parameters, long castBytes) {
      return new Operation(
          liveBytes,
          savedPerImage,
          transientBytes,
          gradientBytes,
          parameters,
          castBytes,
          gradientCopies);
    }

    long savedBytes(int images) {
      return images * savedPerImage;
    }

    /** Gradients are in the type of what the forward pass reads. */
    long weightGradientBytes() {
      return castBytes > 0 ? castBytes : FLOAT * parameters;
    }
  }

  private static List<Operation> operations(
      Architecture architecture, Optional<Layer.Convolution> folded, int element) {
    List<Layer> layers = architecture.layers();
    List<Operation> operations = new ArrayList<>();
    if (folded.isPresent()) {
      long parameters = layers.get(0).parameters() + layers.get(1).parameters();
      long casts = element == FLOAT ? 0 : parameters * element;
      operations.add(operation(folded.get(), element).with(parameters, casts));
    }
    for (int i = folded.isPresent() ? 2 : 0; i < layers.size(); i++) {
      if (layers.get(i) instanceof Layer.Activation activation
          && activation.function().monotone()
          && layers.get(i + 1) instanceof Layer.MaxPool pool) {
        // The network pools first, and then overwrites what the pooling has made.
        operations.add(operation(pool, element));
        long bytes = (long) pool.output().elements() * element;
        operations.add(Operation.of(2 * bytes, bytes, 0, 0, 0));
        i++;
      } else {
        operations.add(operation(layers.get(i), element));
      }
    }
    return operations;
  }

  /** Each tensor counts where the backward pass needs it last: as what an operation reads. */
  private static Operation operation(Layer layer, int element) {
    long input = (long) layer.input().elements() * element;
    long output = (long) layer.output().elements() * element;
    long parameters = layer.parameters();
    long casts = element == FLOAT ? 0 : parameters * element;
    if (layer instanceof Layer.Convolution convolution) {
      Layer.Padding padding = convolution.padding();
      int side = layer.input().side() + padding.before() + padding.after();
      long padded =
          padding.isSymmetric() ? input : (long) layer.input().channels() * side * side * element;
      // A strided convolution was seen to take up to three outputs more than its gradients. Of a
      // kernel that is used in part the gradient is set among zeros, row-wise, then column-wise.
      long more = convolution.stride() > 1 ? 3 * output : 0;
      int copies = convolution.effectiveKernel().count() == convolution.kernel() ? 1 : 3;
      return new Operation(
          padded + output,
          padded,
          input + output,
          padded + output + more,
          parameters,
          casts,
          copies);
    }
    if (layer instanceof Layer.MaxPool) {
      // The places of the maxima are int64, and the gradient of the input is written from them.
      long places = (long) layer.output().elements() * LONG;
      return Operation.of(input + output, input + places, output, 0, 0);
    }
    if (layer instanceof Layer.Dropout) {
      // Random bytes and booleans, then the mask, which is kept.
      return Operation.of(input + output, output, 2L * output / element + output, 0, 0);
    }
    if (layer instanceof Layer.BatchNormalization) {
      return Operation.of(input + output, input, output, parameters, 0);
    }
    if (layer instanceof Layer.Activation) {
      return Operation.of(input + output, output, output, 0, 0);
    }
    return Operation.of(input + output, input, output, parameters, casts);
  }
}
