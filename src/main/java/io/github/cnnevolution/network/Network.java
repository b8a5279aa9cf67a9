package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An architecture as LibTorch modules: convolutions, normalisations and linear layers, nested and
 * named as PyTorch's {@code nn.Sequential} would name them.
 *
 * <p>Owns its modules and their parameters until closed. Tensors that {@link #forward} and {@link
 * #infer} return belong to the caller's {@code PointerScope}. Not thread-safe: one network belongs
 * to one worker at a time.
 *
 * <p>Weights are kept channels_last, the order in which convolution kernels of CPUs and tensor
 * cores read them.
 */
public final class Network implements AutoCloseable {
  // PyTorch's defaults for BatchNorm2d.
  static final double STATISTICS_MOMENTUM = 0.1;
  static final double EPSILON = 1e-5;

  private final Architecture architecture;
  private final ComputeDevice device;
  private final NativeOwner owner = new NativeOwner();
  private final GeneratorOptional generator;
  private final Module root;
  private final List<Step> steps = new ArrayList<>();
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<NamedTensor> state = new ArrayList<>();
  private final Set<Tensor> factors = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Tensor> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Tensor> batchCounts = new ArrayList<>();
  private boolean training;
  private long uncountedBatches;

  /**
   * Builds the modules on the device and gives them PyTorch's default initialisation, drawn from a
   * generator of their own.
   *
   * @param seed determines every initial weight
   */
  public Network(Architecture architecture, ComputeDevice device, long seed) {
    this.architecture = architecture;
    this.device = device;
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      this.generator = owner.keep(new GeneratorOptional(owner.keep(device.generator(seed))));
      this.root = owner.keep(new Module("network"));
      addModules(architecture.layers());
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /**
   * The convolution that is computed instead of the first two layers, whose product it is, where
   * that takes less; it reads images, or patches of them that are cut first.
   */
  public static Optional<Layer.Convolution> foldedStem(Architecture architecture) {
    List<Layer> layers = architecture.layers();
    return FoldedStem.of((Layer.Convolution) layers.get(0), (Layer.Convolution) layers.get(1));
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
    training = true;
    return run(images, dropout);
  }

  /**
   * The forward pass in use: running statistics, no dropout. Run it without gradients.
   *
   * @param images normalised, [N,3,32,32] float32, channels_last
   * @return class scores before the softmax, [N,classes]
   */
  public Tensor infer(Tensor images) {
    training = false;
    return run(images, Optional.empty());
  }

  /**
   * Makes what forward passes need beside parameters of this type. Without it, the first pass does.
   */
  public void prepare(ScalarType type) {
    if (steps.get(0) instanceof FoldedStem stem) {
      stem.prepare(type);
    }
  }

  /** Counts batches that went forward in training, for PyTorch's {@code num_batches_tracked}. */
  public void countBatches(int batches) {
    uncountedBatches += batches;
  }

  /** Drops the gradients, so that the next backward pass creates them rather than adds to them. */
  public void clearGradients() {
    root.zero_grad(true);
  }

  /** The trained parameters in PyTorch's order. References: valid until this network is closed. */
  public List<Tensor> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /**
   * Whether a parameter is the weight or bias of a convolution or linear layer, which may be in 16
   * bits. Those of normalisations stay float32.
   */
  public boolean isMatmulParameter(Tensor parameter) {
    return factors.contains(parameter);
  }

  /** The state_dict: parameters and running statistics in PyTorch's order. References, as above. */
  public List<NamedTensor> state() {
    // Counted here rather than in each step, which would be a launch for each normalisation.
    try (PointerScope scope = new PointerScope()) {
      batchCounts.forEach(count -> count.add_(new Scalar(uncountedBatches)));
    }
    uncountedBatches = 0;
    return Collections.unmodifiableList(state);
  }

  /**
   * What of the state is no parameter: running means and variances, float32, and counts of batches.
   * References, as above.
   */
  public List<NamedTensor> buffers() {
    return state().stream().filter(entry -> buffers.contains(entry.tensor())).toList();
  }

  @Override
  public void close() {
    owner.close();
  }

  // A step that has nothing to do, or works in place, returns the very object that it was given.
  @SuppressWarnings("ReferenceEquality")
  private Tensor run(Tensor images, Optional<Dropout> dropout) {
    Tensor current = images;
    for (Step step : steps) {
      Tensor next = step.apply(current, dropout);
      // The graph keeps what the backward pass needs; dropping our handle lets it free the rest
      // early.
      if (next != current && current != images) {
        current.close();
      }
      current = next;
    }
    return current;
  }

  private void addModules(List<Layer> layers) {
    Map<String, Module> blocks = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      Module parent = parentOf(layer.name(), blocks);
      String child = layer.name().substring(layer.name().indexOf('.') + 1);
      if (layer instanceof Layer.Convolution convolution) {
        addConvolution(convolution, parent, child);
      } else if (layer instanceof Layer.BatchNormalization normalization) {
        addBatchNormalization(normalization, parent, child);
      } else if (layer instanceof Layer.Linear linear) {
        addLinear(linear, parent, child);
      } else if (layer instanceof Layer.Dropout drop) {
        steps.add((x, dropout) -> dropout.map(d -> d.apply(x, drop.probability())).orElse(x));
      } else if (layer instanceof Layer.Flatten) {
        steps.add((x, dropout) -> x.flatten(1, -1));
      } else if (layer instanceof Layer.Activation activation) {
        boolean pooled = i + 1 < layers.size() && layers.get(i + 1) instanceof Layer.MaxPool;
        if (pooled && activation.function().monotone()) {
          // max(f(x)) = f(max(x)) for a monotone f: pooling first leaves a quarter of the work to
          // f.
          steps.add((x, dropout) -> torch.max_pool2d(x, 2, 2));
          i++;
          steps.add(Activations.inPlace(activation.function()));
        } else {
          steps.add(Activations.outOfPlace(activation.function()));
        }
      } else if (layer instanceof Layer.MaxPool) {
        steps.add((x, dropout) -> torch.max_pool2d(x, 2, 2));
      } else {
        throw new IllegalStateException("no module for " + layer);
      }
    }
  }

  private Module parentOf(String name, Map<String, Module> blocks) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return root;
    }
    return blocks.computeIfAbsent(name.substring(0, dot), block -> child(root, block));
  }

  private void addConvolution(Layer.Convolution layer, Module parent, String child) {
    int inputs = layer.input().channels();
    int kernel = layer.kernel();
    double bound = 1 / Math.sqrt((double) inputs * kernel * kernel);
    Module module = child(parent, child);
    long[] shape = {layer.output().channels(), inputs, kernel, kernel};
    Tensor weight = addMatmulParameter(layer, module, "weight", uniform(shape, bound));
    TensorOptional bias =
        optional(addMatmulParameter(layer, module, "bias", uniform(new long[] {shape[0]}, bound)));
    ConvolutionStep step = new ConvolutionStep(layer, weight, bias);
    if (steps.size() == 1
        && steps.get(0) instanceof ConvolutionStep stem
        && FoldedStem.of(stem.layer(), layer).isPresent()) {
      steps.set(0, new FoldedStem(stem, step, device, owner));
    } else {
      steps.add(step);
    }
  }

  private void addBatchNormalization(Layer.BatchNormalization layer, Module parent, String child) {
    Module module = child(parent, child);
    long[] shape = {layer.input().channels()};
    TensorOptional weight = optional(addParameter(layer, module, "weight", ones(shape)));
    TensorOptional bias = optional(addParameter(layer, module, "bias", zeros(shape)));
    TensorOptional mean = optional(addBuffer(layer, module, "running_mean", zeros(shape)));
    TensorOptional variance = optional(addBuffer(layer, module, "running_var", ones(shape)));
    Tensor zero = torch.zeros(new long[] {}, device.tensor(ScalarType.Long));
    batchCounts.add(addBuffer(layer, module, "num_batches_tracked", zero));
    steps.add(
        (x, dropout) ->
            torch.batch_norm(
                x, weight, bias, mean, variance, training, STATISTICS_MOMENTUM, EPSILON, true));
  }

  private void addLinear(Layer.Linear layer, Module parent, String child) {
    Module module = child(parent, child);
    long[] shape = {layer.output().channels(), layer.input().channels()};
    double bound = 1 / Math.sqrt(layer.input().channels());
    Tensor weight = addMatmulParameter(layer, module, "weight", uniform(shape, bound));
    TensorOptional bias =
        optional(addMatmulParameter(layer, module, "bias", uniform(new long[] {shape[0]}, bound)));
    steps.add((x, dropout) -> torch.linear(x, weight, bias));
  }

  private Module child(Module parent, String name) {
    return parent.register_module(name, owner.keep(new Module(name)));
  }

  private Tensor addMatmulParameter(Layer layer, Module module, String name, Tensor values) {
    Tensor factor = addParameter(layer, module, name, values);
    factors.add(factor);
    return factor;
  }

  private Tensor addParameter(Layer layer, Module module, String name, Tensor values) {
    Tensor parameter = owner.keep(values);
    parameter.set_requires_grad(true);
    module.register_parameter(name, parameter);
    parameters.add(parameter);
    state.add(new NamedTensor(layer.name() + "." + name, parameter));
    return parameter;
  }

  private Tensor addBuffer(Layer layer, Module module, String name, Tensor values) {
    Tensor buffer = owner.keep(values);
    module.register_buffer(name, buffer);
    buffers.add(buffer);
    state.add(new NamedTensor(layer.name() + "." + name, buffer));
    return buffer;
  }

  private TensorOptional optional(Tensor tensor) {
    return owner.keep(new TensorOptional(tensor));
  }

  /**
   * PyTorch's default for weights and biases of convolutions and linear layers: uniform in
   * +-1/sqrt(fan in) (its {@code kaiming_uniform_} with a = sqrt 5). Drawn on the device, so that
   * nothing is copied there.
   */
  private Tensor uniform(long[] shape, double bound) {
    Tensor values = torch.empty(shape, device.tensor(ScalarType.Float), null);
    values.uniform_(-bound, bound, generator);
    return shape.length == 4 ? values.contiguous(MemoryFormat.ChannelsLast) : values;
  }

  private Tensor ones(long[] shape) {
    return torch.ones(shape, device.tensor(ScalarType.Float));
  }

  private Tensor zeros(long[] shape) {
    return torch.zeros(shape, device.tensor(ScalarType.Float));
  }

  /**
   * One operation of the forward pass; returns a new tensor, or its input where there is nothing to
   * do.
   */
  @FunctionalInterface
  interface Step {
    /** Applies the operation. */
    Tensor apply(Tensor input, Optional<Dropout> dropout);
  }
}
