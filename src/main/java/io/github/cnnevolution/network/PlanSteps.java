package io.github.cnnevolution.network;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.NativeOwner;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Translates the works of a plan into steps; layers that are computed together become one. */
final class PlanSteps implements ForwardPlan.Cases<Step> {
  private final ComputeDevice device;
  private final NativeOwner owner;
  private final LayerSteps layers;
  private final Map<String, Step> steps = new HashMap<>();
  private Optional<FoldedStem> foldedStem = Optional.empty();

  /** Adds the modules of all layers to the tree, in the order of the layers. */
  PlanSteps(Architecture architecture, ModuleTree tree, ComputeDevice device, NativeOwner owner) {
    this.device = device;
    this.owner = owner;
    this.layers = new LayerSteps(tree, owner);
    for (Layer layer : architecture.layers()) {
      steps.put(layer.name(), layer.accept(layers));
    }
  }

  /** PyTorch's {@code num_batches_tracked} of each normalisation. */
  List<Tensor> batchCounts() {
    return layers.batchCounts();
  }

  /** The stem that was translated together with what reads it. */
  Optional<FoldedStem> foldedStem() {
    return foldedStem;
  }

  @Override
  public Step single(ForwardPlan.Single work) {
    return steps.get(work.layer().name());
  }

  @Override
  public Step folded(ForwardPlan.Folded work) {
    FoldedStem stem =
        new FoldedStem(
            layers.convolutionStep(work.stem()),
            layers.convolutionStep(work.next()),
            work.product(),
            device,
            owner);
    foldedStem = Optional.of(stem);
    return stem;
  }

  @Override
  public Step pooledFirst(ForwardPlan.PooledFirst work) {
    Step pool = steps.get(work.pool().name());
    Step activation = Activations.inPlace(work.activation().function());
    return (pass, inputs) -> activation.apply(pass, pool.apply(pass, inputs));
  }
}
