package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Architecture;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An architecture as LibTorch modules, nested by the names of the layers, and its forward pass.
 *
 * <p>Owns its modules and their parameters until closed. Tensors that {@link #forward} and {@link
 * #infer} return belong to the caller's {@code PointerScope}. Not thread-safe: one network belongs
 * to one worker at a time.
 *
 * <p>Weights are kept channels_last, the order in which convolution kernels of CPUs and tensor
 * cores read them.
 */
public final class Network implements AutoCloseable {
  private static final Step.Pass IN_USE = new Step.Pass(false, Optional.empty());

  private final Architecture architecture;
  private final NativeOwner owner = new NativeOwner();
  private final ModuleTree modules;
  private final List<Tensor> batchCounts;
  private final ForwardPass forwardPass;
  private final Optional<FoldedStem> foldedStem;
  private long uncountedBatches;

  /**
   * Builds the modules on the device and gives them PyTorch's default initialisation, drawn from a
   * generator of their own.
   *
   * @param seed determines every initial weight
   */
  public Network(Architecture architecture, ComputeDevice device, long seed) {
    this.architecture = architecture;
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      this.modules = new ModuleTree(device, seed, owner);
      PlanSteps steps = new PlanSteps(architecture, modules, device, owner);
      this.forwardPass = new ForwardPass(architecture, steps);
      this.foldedStem = steps.foldedStem();
      this.batchCounts = steps.batchCounts();
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** What this network was built from. */
  public Architecture architecture() {
    return architecture;
  }

  /**
   * The forward pass in training: batch statistics, dropout, and a graph for the backward pass.
   *
   * @param images normalised, [N,3,32,32] float32, channels_last
   * @param dropout draws the masks; empty: dropout layers pass everything on
   * @return class scores before the softmax, [N,classes], in the type that autocast gives the last
   *     layer
   */
  public Tensor forward(Tensor images, Optional<Dropout> dropout) {
    return forwardPass.run(images, new Step.Pass(true, dropout));
  }

  /**
   * The forward pass in use: running statistics, no dropout. Run it without gradients.
   *
   * @param images normalised, [N,3,32,32] float32, channels_last
   * @return class scores before the softmax, [N,classes]
   */
  public Tensor infer(Tensor images) {
    return forwardPass.run(images, IN_USE);
  }

  /**
   * Makes what forward passes need beside parameters of this type. Without it, the first pass does.
   */
  public void prepare(ScalarType type) {
    foldedStem.ifPresent(stem -> stem.prepare(type));
  }

  /** Counts batches that went forward in training, for PyTorch's {@code num_batches_tracked}. */
  public void countBatches(int batches) {
    uncountedBatches += batches;
  }

  /** Drops the gradients, so that the next backward pass creates them rather than adds to them. */
  public void clearGradients() {
    modules.root().zero_grad(true);
  }

  /**
   * The trained parameters in the order of the layers, which is PyTorch's as long as layers below
   * one module follow each other. References: valid until this network is closed.
   */
  public List<Tensor> parameters() {
    return modules.parameters();
  }

  /**
   * Whether a parameter is the weight or bias of a convolution or linear layer, which may be in 16
   * bits. Those of normalisations stay float32.
   */
  public boolean isMatmulParameter(Tensor parameter) {
    return modules.isFactor(parameter);
  }

  /** The groups of the convolution whose weight a parameter is; 1 for other parameters. */
  public int convolutionGroups(Tensor parameter) {
    return modules.groups(parameter);
  }

  /** The state_dict: parameters and running statistics, in the same order. References, as above. */
  public List<NamedTensor> state() {
    // Counted here rather than in each step, which would be a launch for each normalisation.
    try (PointerScope scope = new PointerScope()) {
      batchCounts.forEach(count -> count.add_(new Scalar(uncountedBatches)));
    }
    uncountedBatches = 0;
    return modules.state();
  }

  /**
   * What of the state is no parameter: running means and variances, float32, and counts of batches.
   * References, as above.
   */
  public List<NamedTensor> buffers() {
    return state().stream().filter(entry -> modules.isBuffer(entry.tensor())).toList();
  }

  @Override
  public void close() {
    owner.close();
  }
}
