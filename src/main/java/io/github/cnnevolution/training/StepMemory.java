package io.github.cnnevolution.training;

import io.github.cnnevolution.network.ForwardPlan;
import io.github.cnnevolution.space.Architecture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows the tensors of one pass through a network: which of them are there at the same time.
 * Those that only wait for a later reader, as the input of a residual block does, count as long as
 * they wait.
 */
final class StepMemory {
  private final Architecture architecture;
  private final List<OperationMemory> operations;
  private final int element;
  private final Map<Integer, Integer> made = new HashMap<>();
  private final Map<Integer, Integer> lastRead = new HashMap<>();
  private final Map<Integer, Integer> firstSaved = new HashMap<>();

  /**
   * The tensors of an architecture.
   *
   * @param element the bytes of an element in the forward pass
   */
  StepMemory(Architecture architecture, ForwardPlan plan, int element) {
    this.architecture = architecture;
    this.operations = new OperationMemories(element).of(plan);
    this.element = element;
    for (int i = 0; i < operations.size(); i++) {
      OperationMemory operation = operations.get(i);
      made.putIfAbsent(operation.output(), i);
      for (int node : operation.inputs()) {
        lastRead.put(node, i);
      }
      for (int node : operation.savedNodes()) {
        firstSaved.putIfAbsent(node, i);
      }
    }
  }

  /** Copies of weights in the type of the forward pass. */
  long castBytes() {
    return operations.stream().mapToLong(operation -> operation.weights().castBytes()).sum();
  }

  /**
   * The peak of a forward and a backward pass. The backward pass frees what the forward pass has
   * saved, from the last operation to the first, while the gradients of the weights pile up: the
   * peak is somewhere on the way.
   *
   * @param images of a part of a batch
   * @param accumulated whether the gradients of an earlier part are there already; those of masters
   *     are counted elsewhere
   */
  long trainingPeak(long images, boolean accumulated) {
    long saved = 0;
    long peak = 0;
    for (int i = 0; i < operations.size(); i++) {
      saved += images * savedBytes(i);
      peak =
          Math.max(peak, saved + images * (operations.get(i).transientBytes() + waiting(i, true)));
    }
    long earlier =
        accumulated
            ? operations.stream()
                .map(OperationMemory::weights)
                .filter(weights -> weights.castBytes() == 0)
                .mapToLong(OperationMemory.WeightMemory::gradientBytes)
                .sum()
            : 0;
    peak += earlier;
    long gradients = earlier;
    for (int i = operations.size() - 1; i >= 0; i--) {
      OperationMemory operation = operations.get(i);
      OperationMemory.WeightMemory weights = operation.weights();
      long now =
          images * (operation.gradientBytes() + pendingGradients(i))
              + weights.gradientCopies() * weights.gradientBytes();
      peak = Math.max(peak, saved + gradients + now);
      saved -= images * savedBytes(i);
      if (!accumulated || weights.castBytes() > 0) {
        gradients += weights.gradientBytes();
      }
    }
    return peak;
  }

  /** Without gradients only the tensors that are still to be read are there. */
  long inferencePeak(long images) {
    long largest = 0;
    for (int i = 0; i < operations.size(); i++) {
      largest = Math.max(largest, operations.get(i).liveBytes() + waiting(i, false));
    }
    return castBytes() + images * largest;
  }

  /** What an operation saves for the backward pass and none before it has saved. */
  private long savedBytes(int index) {
    OperationMemory operation = operations.get(index);
    long bytes = operation.savedBytes();
    for (int node : Set.copyOf(operation.savedNodes())) {
      if (firstSaved.get(node) == index) {
        bytes += bytes(node);
      }
    }
    return bytes;
  }

  /**
   * Tensors that are there during an operation because a later one reads them.
   *
   * @param saving whether what was saved is counted elsewhere
   */
  private long waiting(int index, boolean saving) {
    OperationMemory operation = operations.get(index);
    long bytes = 0;
    for (int node : made.keySet()) {
      boolean saved = saving && firstSaved.getOrDefault(node, Integer.MAX_VALUE) <= index;
      if (spans(node, index)
          && !saved
          && node != operation.output()
          && !operation.inputs().contains(node)) {
        bytes += bytes(node);
      }
    }
    return bytes;
  }

  /** Gradients that a later reader has made, while the operation that made the tensor waits. */
  private long pendingGradients(int index) {
    long bytes = 0;
    for (int node : made.keySet()) {
      if (spans(node, index) && node != operations.get(index).output()) {
        bytes += bytes(node);
      }
    }
    return bytes;
  }

  /** Whether a tensor is made before an operation and read after it. */
  private boolean spans(int node, int index) {
    return made.get(node) < index && lastRead.getOrDefault(node, -1) > index;
  }

  private long bytes(int node) {
    return (long) architecture.shape(node).elements() * element;
  }
}
