package io.github.cnnevolution.training;

import io.github.cnnevolution.network.ForwardPlan;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Node;
import java.util.Arrays;
import java.util.List;

/**
 * Follows the tensors of one pass through a network: which of them are there at the same time.
 * Those that only wait for a later reader, as the input of a residual block does, count as long as
 * they wait.
 */
final class StepMemory {
  private static final int NEVER = Integer.MAX_VALUE;

  private final List<OperationMemory> operations;

  /** By operation: what it saves for the backward pass and none before it has saved, in bytes. */
  private final long[] savedBytes;

  // By node, the image first, see index(): the operations that make, read and save it, and its
  // bytes. Arrays, since a queue estimates each job on the way to a worker.
  private final int[] made;
  private final int[] lastRead;
  private final int[] firstSaved;
  private final long[] bytes;

  /**
   * The tensors of an architecture.
   *
   * @param element the bytes of an element in the forward pass
   */
  StepMemory(Architecture architecture, ForwardPlan plan, int element) {
    this.operations = new OperationMemories(element).of(plan);
    int tensors = architecture.nodes().size() + 1;
    this.savedBytes = new long[operations.size()];
    this.made = new int[tensors];
    this.lastRead = new int[tensors];
    this.firstSaved = new int[tensors];
    this.bytes = new long[tensors];
    Arrays.fill(made, NEVER);
    Arrays.fill(lastRead, -1);
    Arrays.fill(firstSaved, NEVER);
    for (int node = Node.IMAGE; index(node) < tensors; node++) {
      bytes[index(node)] = (long) architecture.shape(node).elements() * element;
    }
    for (int i = 0; i < operations.size(); i++) {
      follow(i, operations.get(i));
    }
  }

  private void follow(int at, OperationMemory operation) {
    made[index(operation.output())] = Math.min(made[index(operation.output())], at);
    for (int node : operation.inputs()) {
      lastRead[index(node)] = at;
    }
    savedBytes[at] = operation.savedBytes();
    for (int node : operation.savedNodes()) {
      if (firstSaved[index(node)] == NEVER) {
        firstSaved[index(node)] = at;
        savedBytes[at] += bytes[index(node)];
      }
    }
  }

  private static int index(int node) {
    return node - Node.IMAGE;
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
      saved += images * savedBytes[i];
      OperationMemory operation = operations.get(i);
      long now =
          images * (operation.transientBytes() + waiting(i, true)) + operation.reducedBytes(images);
      peak = Math.max(peak, saved + now);
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
      saved -= images * savedBytes[i];
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
      OperationMemory operation = operations.get(i);
      long now = images * (operation.liveBytes() + waiting(i, false));
      largest = Math.max(largest, now + operation.reducedBytes(images));
    }
    return castBytes() + largest;
  }

  /**
   * Tensors that are there during an operation because a later one reads them.
   *
   * @param saving whether what was saved is counted elsewhere
   */
  private long waiting(int at, boolean saving) {
    OperationMemory operation = operations.get(at);
    long sum = 0;
    for (int tensor = 0; tensor < made.length; tensor++) {
      boolean saved = saving && firstSaved[tensor] <= at;
      if (spans(tensor, at)
          && !saved
          && tensor != index(operation.output())
          && !operation.inputs().contains(tensor + Node.IMAGE)) {
        sum += bytes[tensor];
      }
    }
    return sum;
  }

  /** Gradients that a later reader has made, while the operation that made the tensor waits. */
  private long pendingGradients(int at) {
    long sum = 0;
    for (int tensor = 0; tensor < made.length; tensor++) {
      if (spans(tensor, at) && tensor != index(operations.get(at).output())) {
        sum += bytes[tensor];
      }
    }
    return sum;
  }

  /** Whether a tensor is made before an operation and read after it. */
  private boolean spans(int tensor, int at) {
    return made[tensor] < at && lastRead[tensor] > at;
  }
}
