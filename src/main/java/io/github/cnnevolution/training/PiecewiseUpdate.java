package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * The update of {@link WholeUpdate}, to the bit, piece by piece: gradients to float32, step,
 * weights to 16 bits, then the next piece.
 *
 * <p>On a CPU the memory limits all three. In pieces, the float32 gradients take a few megabytes
 * that stay in the cache, not four bytes for every weight, and new weights are still there when
 * they are rounded: a third of the bytes are not moved.
 */
final class PiecewiseUpdate implements WeightUpdate {
  /** 4 MB of gradients. Smaller pieces cost more calls, larger ones fall out of the cache. */
  private static final int ELEMENTS = 1 << 20;

  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator copy = new BoxedOperator("aten::_foreach_copy_");
  private final IValue blocking = owner.keep(new IValue(false));
  private final Type.TypePtr tensorType = owner.keep(TensorList.type());
  private final Optimizer optimizer;
  private final LossScaler scaler;
  private final List<Piece> pieces = new ArrayList<>();

  /** Weights that are float32 in the network too. */
  private final List<OptimizerGroup> rests = new ArrayList<>();

  /** Slices of one group that are updated together, and their lists. */
  private record Piece(List<WeightSlice> slices, IValue copies, OptimizerGroup.Portion portion) {}

  /** An update in pieces of a few megabytes. */
  PiecewiseUpdate(MasterWeights weights, Optimizer optimizer, LossScaler scaler) {
    this(weights, optimizer, scaler, ELEMENTS);
  }

  /**
   * An update in pieces of a given size.
   *
   * @param optimizer works on single elements; see {@link Optimizer#isElementwise}
   * @param elements of a piece at most, unless one row or a tensor has more that cannot be cut
   */
  PiecewiseUpdate(MasterWeights weights, Optimizer optimizer, LossScaler scaler, int elements) {
    this.optimizer = optimizer;
    this.scaler = scaler;
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      List<OptimizerGroup> groups = optimizer.groups();
      List<List<List<WeightSlice>>> packed =
          groups.stream().map(group -> pack(group, weights, elements)).toList();
      long most =
          packed.stream()
              .flatMap(List::stream)
              .mapToLong(PiecewiseUpdate::elements)
              .max()
              .orElse(0);
      Tensor gradients = owner.keep(torch.zeros(new long[] {most}));
      for (int i = 0; i < groups.size(); i++) {
        OptimizerGroup group = groups.get(i);
        packed.get(i).forEach(slices -> pieces.add(piece(slices, group.decays(), gradients)));
        OptimizerGroup rest = group.select(place -> copyOf(group, place, weights).isEmpty(), owner);
        if (!rest.parameters().isEmpty()) {
          rests.add(rest);
        }
      }
    }
  }

  private static Optional<Tensor> copyOf(OptimizerGroup group, int place, MasterWeights weights) {
    return weights.copyOf(group.parameters().get(place));
  }

  private static List<List<WeightSlice>> pack(
      OptimizerGroup group, MasterWeights weights, int elements) {
    List<WeightSlice> slices = new ArrayList<>();
    for (int i = 0; i < group.parameters().size(); i++) {
      Tensor master = group.parameters().get(i);
      List<Tensor> states = group.statesOf(i);
      copyOf(group, i, weights)
          .ifPresent(copied -> slices.addAll(WeightSlice.cut(copied, master, states, elements)));
    }
    return WeightSlice.pack(slices, elements);
  }

  private static long elements(List<WeightSlice> slices) {
    return slices.stream().mapToLong(WeightSlice::elements).sum();
  }

  private Piece piece(List<WeightSlice> slices, boolean decays, Tensor gradients) {
    List<Tensor> places = new ArrayList<>();
    long offset = 0;
    for (WeightSlice slice : slices) {
      // The kernel walks through weights and gradients in memory order.
      Tensor master = slice.of(slice.master());
      places.add(
          gradients.narrow(0, offset, master.numel()).as_strided(master.sizes(), master.strides()));
      offset += master.numel();
    }
    int states = slices.get(0).states().size();
    return new Piece(
        slices,
        list(slices.stream().map(s -> s.of(s.copy())).toList()),
        new OptimizerGroup.Portion(
            list(slices.stream().map(s -> s.of(s.master())).toList()),
            list(places),
            IntStream.range(0, states)
                .mapToObj(i -> list(slices.stream().map(s -> s.of(s.states().get(i))).toList()))
                .toList(),
            slices.size(),
            decays));
  }

  private IValue list(List<Tensor> tensors) {
    return owner.keep(TensorList.of(tensors));
  }

  /** Gradients stay with the network until they are applied. */
  @Override
  public void collect(boolean first) {
    if (!first) {
      throw new IllegalStateException("gradients of one backward pass only");
    }
  }

  @Override
  public void apply(IValue rate) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      StepScalars scalars = scaler.scalars(rate);
      optimizer.begin(scalars);
      for (Piece piece : pieces) {
        IValue found = TensorList.of(gradients(piece.slices), tensorType);
        copy.call(piece.portion.gradients(), found, blocking);
        optimizer.update(piece.portion, scalars);
        copy.call(piece.copies, piece.portion.parameters(), blocking);
      }
      rests.forEach(rest -> optimizer.update(rest, scalars));
    }
  }

  private static List<Tensor> gradients(List<WeightSlice> slices) {
    return slices.stream().map(WeightSlice::gradient).toList();
  }

  @Override
  public void close() {
    owner.close();
    copy.close();
  }
}
