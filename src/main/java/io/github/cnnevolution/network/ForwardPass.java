package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Node;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The steps of a network in order, with what each of them reads. Drops the handle of a tensor as
 * soon as its last reader is done: what the backward pass needs of it is kept by LibTorch, and the
 * rest is freed early. Immutable.
 */
final class ForwardPass {
  private static final int IMAGE = slot(Node.IMAGE);

  private final List<Instruction> instructions = new ArrayList<>();
  private final int[] readers;

  /**
   * A step and the tensors around it, by their slots.
   *
   * @param inputs slots that it reads
   * @param output slot of its result
   */
  private record Instruction(Step step, List<Integer> inputs, int output) {}

  /** The pass of an architecture, with the steps that compute each work of its plan. */
  ForwardPass(Architecture architecture, ForwardPlan.Cases<Step> steps) {
    this.readers = new int[slot(architecture.nodes().size())];
    for (ForwardPlan.Operation operation : ForwardPlan.of(architecture).operations()) {
      List<Integer> inputs = operation.inputs().stream().map(ForwardPass::slot).toList();
      for (int input : inputs) {
        readers[input]++;
      }
      instructions.add(
          new Instruction(operation.work().accept(steps), inputs, slot(operation.output())));
    }
    // The caller reads the last one, which may be handed on by a step that has nothing to do.
    readers[instructions.get(instructions.size() - 1).output]++;
  }

  /** The image has the first slot, then the nodes follow. */
  private static int slot(int node) {
    return node - Node.IMAGE;
  }

  /**
   * Computes the network.
   *
   * @param images [N,...]; stays the caller's
   * @return what the last step makes
   */
  // A step that has nothing to do, or works in place, returns the very object that it was given.
  @SuppressWarnings("ReferenceEquality")
  Tensor run(Tensor images, Step.Pass pass) {
    Tensor[] tensors = new Tensor[readers.length];
    int[] left = readers.clone();
    // The slot that stands for a tensor: the first that has it.
    int[] holder = new int[readers.length];
    tensors[IMAGE] = images;
    Tensor result = images;
    for (Instruction instruction : instructions) {
      List<Integer> from = instruction.inputs;
      Tensor[] inputs = new Tensor[from.size()];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = tensors[from.get(i)];
      }
      result = instruction.step.apply(pass, inputs);
      int output = instruction.output;
      tensors[output] = result;
      holder[output] = output;
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i] == result) {
          holder[output] = holder[from.get(i)];
          left[holder[output]] += left[output];
          break;
        }
      }
      for (int input : from) {
        int held = holder[input];
        left[held]--;
        if (left[held] == 0 && held != IMAGE) {
          tensors[held].close();
        }
      }
    }
    return result;
  }
}
