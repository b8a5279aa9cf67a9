package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.ResidualTestSpace;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long the tensors of a pass live, with steps that only note it. */
class ForwardPassTest {
  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  static List<Architecture> networks() {
    return Stream.concat(new ResidualTestSpace().all(10).stream(), Stream.of(OddNetworks.tangled()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void tensorsAreClosedAfterTheirLastReader(Architecture architecture) {
    assertLifetimes(architecture, layer -> false);
  }

  /** Dropouts that have nothing to do hand on what they were given. */
  @ParameterizedTest
  @MethodSource("networks")
  void tensorsThatAreHandedOnLiveAsLongAsAnyReaderNeeds(Architecture architecture) {
    assertLifetimes(architecture, Layer.Dropout.class::isInstance);
    assertLifetimes(architecture, Layer.Activation.class::isInstance);
  }

  private static void assertLifetimes(Architecture architecture, Predicate<Layer> handsOn) {
    List<ForwardPlan.Operation> operations = ForwardPlan.of(architecture).operations();
    try (PointerScope scope = new PointerScope()) {
      Tensor images = torch.zeros(new long[] {1});
      Notes notes = new Notes(operations, handsOn, images);
      Tensor result =
          new ForwardPass(architecture, notes).run(images, new Step.Pass(true, Optional.empty()));
      assertEquals(operations.size(), notes.made.size());
      assertSame(notes.made.get(operations.size() - 1), result);
      assertFalse(images.isNull());
      assertFalse(result.isNull());
      // All others are closed when the pass is over.
      notes.made.stream()
          .filter(tensor -> !isOneOf(tensor, result, images))
          .forEach(tensor -> assertTrue(tensor.isNull()));
    }
  }

  /** Tensors are compared as objects: equal ones may be at different places of the network. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isOneOf(Tensor tensor, Tensor first, Tensor second) {
    return tensor == first || tensor == second;
  }

  /** Steps that look at all tensors made so far before they make one themselves. */
  private static final class Notes implements ForwardPlan.Cases<Step> {
    private final List<ForwardPlan.Operation> operations;
    private final Predicate<Layer> handsOn;
    private final Tensor images;
    private final List<Tensor> made = new ArrayList<>();

    Notes(List<ForwardPlan.Operation> operations, Predicate<Layer> handsOn, Tensor images) {
      this.operations = operations;
      this.handsOn = handsOn;
      this.images = images;
    }

    private Step step(boolean same) {
      return (pass, inputs) -> {
        int now = made.size();
        IdentityHashMap<Tensor, Boolean> needed = new IdentityHashMap<>();
        for (int i = 0; i < now; i++) {
          int output = operations.get(i).output();
          boolean later =
              operations.subList(now, operations.size()).stream()
                  .anyMatch(operation -> operation.inputs().contains(output));
          needed.merge(made.get(i), later, Boolean::logicalOr);
        }
        needed.remove(images);
        needed.forEach((tensor, later) -> assertEquals(!later, tensor.isNull(), "step " + now));
        for (Tensor input : inputs) {
          assertFalse(input.isNull());
        }
        made.add(same ? inputs[0] : torch.zeros(new long[] {1}));
        return made.get(now);
      };
    }

    @Override
    public Step single(ForwardPlan.Single work) {
      return step(handsOn.test(work.layer()));
    }

    @Override
    public Step folded(ForwardPlan.Folded work) {
      return step(false);
    }

    @Override
    public Step pooledFirst(ForwardPlan.PooledFirst work) {
      return step(false);
    }
  }
}
