package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The modules of a network with its parameters and buffers, nested by the names of the layers.
 * Makes the initial values, and gives all of it to an owner. Not thread-safe.
 */
final class ModuleTree {
  private final Module root;
  private final ComputeDevice device;
  private final NativeOwner owner;
  private final GeneratorOptional generator;
  private final Map<String, Module> modules = new HashMap<>();
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<NamedTensor> state = new ArrayList<>();
  private final Set<Tensor> factors = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Tensor, Integer> groups = new IdentityHashMap<>();
  private final Set<Tensor> buffers = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * A tree without layers.
   *
   * @param seed of the generator from which the initial values are drawn
   */
  ModuleTree(ComputeDevice device, long seed, NativeOwner owner) {
    this.device = device;
    this.owner = owner;
    this.generator = owner.keep(new GeneratorOptional(owner.keep(device.generator(seed))));
    this.root = owner.keep(new Module("network"));
  }

  Module root() {
    return root;
  }

  boolean isOnCpu() {
    return !device.isGpu();
  }

  /** The parameters in the order in which they were added. */
  List<Tensor> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /** Parameters and buffers in the order in which they were added. */
  List<NamedTensor> state() {
    return Collections.unmodifiableList(state);
  }

  boolean isFactor(Tensor parameter) {
    return factors.contains(parameter);
  }

  /** The groups of the convolution whose weight this is; 1 for other parameters. */
  int groups(Tensor parameter) {
    return groups.getOrDefault(parameter, 1);
  }

  boolean isBuffer(Tensor tensor) {
    return buffers.contains(tensor);
  }

  /**
   * Adds a weight or bias with PyTorch's default for convolutions and linear layers: uniform in
   * +-1/sqrt(fan in) (its {@code kaiming_uniform_} with a = sqrt 5). Drawn on the device, so that
   * nothing is copied there.
   */
  Tensor addFactor(Layer layer, String name, long fanIn, long... shape) {
    double bound = 1 / Math.sqrt((double) fanIn);
    Tensor values = torch.empty(shape, device.tensor(ScalarType.Float), null);
    values.uniform_(-bound, bound, generator);
    Tensor factor =
        addParameter(
            layer, name, shape.length == 4 ? values.contiguous(MemoryFormat.ChannelsLast) : values);
    factors.add(factor);
    if (layer instanceof Layer.Convolution convolution && shape.length == 4) {
      groups.put(factor, convolution.groups());
    }
    return factor;
  }

  Tensor addParameter(Layer layer, String name, Tensor values) {
    Tensor parameter = owner.keep(values);
    parameter.set_requires_grad(true);
    module(layer.name()).register_parameter(name, parameter);
    parameters.add(parameter);
    state.add(new NamedTensor(layer.name() + "." + name, parameter));
    return parameter;
  }

  Tensor addBuffer(Layer layer, String name, Tensor values) {
    Tensor buffer = owner.keep(values);
    module(layer.name()).register_buffer(name, buffer);
    buffers.add(buffer);
    state.add(new NamedTensor(layer.name() + "." + name, buffer));
    return buffer;
  }

  /** The module of a path such as {@code 1.0}, put into its place if it is new. */
  private Module module(String path) {
    Module known = modules.get(path);
    if (known != null) {
      return known;
    }
    int dot = path.lastIndexOf('.');
    Module parent = dot < 0 ? root : module(path.substring(0, dot));
    String name = path.substring(dot + 1);
    Module module = parent.register_module(name, owner.keep(new Module(name)));
    modules.put(path, module);
    return module;
  }

  Tensor ones(long channels) {
    return torch.ones(new long[] {channels}, device.tensor(ScalarType.Float));
  }

  Tensor zeros(long channels) {
    return torch.zeros(new long[] {channels}, device.tensor(ScalarType.Float));
  }

  /** An int64 without dimensions. */
  Tensor zero() {
    return torch.zeros(new long[] {}, device.tensor(ScalarType.Long));
  }
}
