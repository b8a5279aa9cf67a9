package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The update of {@link WeightUpdate.WholeUpdate}, to the bit, piece by piece: gradients to float32,
 * step, weights to 16 bits, then the next piece.
 *
 * <p>On a CPU the memory limits all three. In pieces, the float32 gradients take a few megabytes
 * that stay in the cache, not four bytes for every weight, and new weights are still there when
 * they are rounded: a third of the bytes are not moved.
 */
final class PiecewiseUpdate implements WeightUpdate {
  /** 4 MB of gradients. Smaller pieces cost more calls, larger ones fall out of the cache. */
  private static final int ELEMENTS = 1 << 20;

  /** Float32 values of a vector; what is left of one, the kernel rounds otherwise. */
  private static final int VECTOR = 16;

  private final NativeOwner owner = new NativeOwner();
  private final BoxedOperator copy = new BoxedOperator("aten::_foreach_copy_");
  private final IValue blocking = owner.keep(new IValue(false));
  private final NesterovSgd optimizer;
  private final LossScaler scaler;
  private final List<Piece> pieces = new ArrayList<>();

  /** Weights that are float32 in the network too. */
  private final List<NesterovSgd.Group> rests = new ArrayList<>();

  /** Some rows of a weight with a 16-bit copy: those of its first dimension. */
  private record Slice(
      NesterovSgd.Group group,
      Tensor copy,
      Tensor master,
      Tensor velocity,
      long from,
      long rows,
      boolean isWhole) {
    Tensor of(Tensor tensor) {
      return isWhole ? tensor : tensor.narrow(0, from, rows);
    }

    Tensor gradient() {
      return of(copy.grad());
    }
  }

  /** Slices of one weight decay that are updated together, and their lists. */
  private record Piece(List<Slice> slices, IValue copies, NesterovSgd.Portion portion) {}

  /** An update in pieces of a few megabytes. */
  PiecewiseUpdate(MasterWeights weights, NesterovSgd optimizer, LossScaler scaler) {
    this(weights, optimizer, scaler, ELEMENTS);
  }

  /**
   * The same in pieces of another size.
   *
   * @param elements of a piece at most, unless one row or a tensor has more that cannot be cut
   */
  PiecewiseUpdate(MasterWeights weights, NesterovSgd optimizer, LossScaler scaler, int elements) {
    this.optimizer = optimizer;
    this.scaler = scaler;
    try (PointerScope scope = new PointerScope();
        AutoGradMode noGradients = new AutoGradMode(false)) {
      List<List<Slice>> parts = new ArrayList<>();
      for (NesterovSgd.Group group : optimizer.groups()) {
        List<Tensor> parameters = new ArrayList<>();
        List<Tensor> velocities = new ArrayList<>();
        List<Slice> slices = new ArrayList<>();
        for (int i = 0; i < group.parameters().size(); i++) {
          Tensor parameter = group.parameters().get(i);
          Tensor velocity = group.velocities().get(i);
          Optional<Tensor> copied = weights.copyOf(parameter);
          if (copied.isPresent()) {
            slices.addAll(slices(group, copied.get(), parameter, velocity, elements));
          } else {
            parameters.add(parameter);
            velocities.add(velocity);
          }
        }
        parts.addAll(parts(slices, elements));
        if (!parameters.isEmpty()) {
          rests.add(
              new NesterovSgd.Group(
                  parameters, velocities, list(parameters), list(velocities), group.weightDecay()));
        }
      }
      long most = parts.stream().mapToLong(PiecewiseUpdate::elements).max().orElse(0);
      Tensor gradients = owner.keep(torch.zeros(new long[] {most}));
      parts.forEach(part -> pieces.add(piece(part, gradients)));
    }
  }

  private static List<Slice> slices(
      NesterovSgd.Group group, Tensor copy, Tensor master, Tensor velocity, int elements) {
    long rows = master.size(0);
    long row = master.numel() / rows;
    long most = row % VECTOR == 0 ? Math.max(1, elements / row) : rows;
    List<Slice> slices = new ArrayList<>();
    for (long from = 0; from < rows; from += most) {
      slices.add(
          new Slice(
              group, copy, master, velocity, from, Math.min(most, rows - from), most >= rows));
    }
    return slices;
  }

  /** Slices in their order, as many at a time as fit. */
  private static List<List<Slice>> parts(List<Slice> slices, int elements) {
    List<List<Slice>> parts = new ArrayList<>();
    long left = 0;
    for (Slice slice : slices) {
      long size = elements(List.of(slice));
      if (parts.isEmpty() || size > left) {
        parts.add(new ArrayList<>());
        left = elements;
      }
      parts.get(parts.size() - 1).add(slice);
      left -= size;
    }
    return parts;
  }

  private static long elements(List<Slice> slices) {
    return slices.stream().mapToLong(s -> s.master.numel() / s.master.size(0) * s.rows).sum();
  }

  private Piece piece(List<Slice> slices, Tensor gradients) {
    List<Tensor> places = new ArrayList<>();
    long offset = 0;
    for (Slice slice : slices) {
      // The kernel walks through weights and gradients in memory order.
      Tensor master = slice.of(slice.master);
      places.add(
          gradients.narrow(0, offset, master.numel()).as_strided(master.sizes(), master.strides()));
      offset += master.numel();
    }
    return new Piece(
        slices,
        list(slices.stream().map(s -> s.of(s.copy)).toList()),
        new NesterovSgd.Portion(
            list(slices.stream().map(s -> s.of(s.master)).toList()),
            list(places),
            list(slices.stream().map(s -> s.of(s.velocity)).toList()),
            slices.get(0).group.weightDecay()));
  }

  private IValue list(List<Tensor> tensors) {
    return owner.keep(copy.list(tensors));
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
      for (Piece piece : pieces) {
        IValue found = copy.list(piece.slices.stream().map(Slice::gradient).toList());
        copy.call(piece.portion.gradients(), found, blocking);
        optimizer.step(piece.portion, rate, scaler);
        copy.call(piece.copies, piece.portion.weights(), blocking);
      }
      rests.forEach(rest -> optimizer.step(rest, rate, scaler));
    }
  }

  @Override
  public void close() {
    owner.close();
    copy.close();
  }
}
