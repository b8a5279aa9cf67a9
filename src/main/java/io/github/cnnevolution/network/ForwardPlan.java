package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is computed for an architecture, in order: its layers, but some of them together where that
 * gives the same result with less work. The one place that decides this; networks compute by it and
 * memory is estimated by it.
 *
 * @param operations in an order in which they can be computed
 */
public record ForwardPlan(List<Operation> operations) {
  /**
   * One operation.
   *
   * @param work what is computed
   * @param inputs the nodes whose outputs it reads, or {@link Node#IMAGE}
   * @param output the node whose output it makes
   */
  public record Operation(Work work, List<Integer> inputs, int output) {}

  /** One or more layers that are computed together. */
  public sealed interface Work {
    /** Returns what {@code cases} has for this kind of work. */
    <R> R accept(Cases<R> cases);
  }

  /**
   * Something for each kind of work.
   *
   * @param <R> what comes out
   */
  public interface Cases<R> {
    /** For a layer alone. */
    R single(Single work);

    /** For two convolutions as one. */
    R folded(Folded work);

    /** For a pooling before its activation. */
    R pooledFirst(PooledFirst work);
  }

  /**
   * A layer as it is written.
   *
   * @param layer which
   */
  public record Single(Layer layer) implements Work {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.single(this);
    }
  }

  /**
   * The first two convolutions, whose product is computed instead; it reads images, or patches of
   * them that are cut first.
   *
   * @param stem the convolution on the image
   * @param next the only one that reads it
   * @param product what is computed
   */
  public record Folded(Layer.Convolution stem, Layer.Convolution next, Layer.Convolution product)
      implements Work {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.folded(this);
    }
  }

  /**
   * A max pooling, then, in place, the activation that is written before it: max(f(x)) = f(max(x))
   * for a monotone f, and pooling first leaves a quarter of the work to f.
   *
   * @param pool computed first
   * @param activation monotone, read by the pool alone
   */
  public record PooledFirst(Layer.MaxPool pool, Layer.Activation activation) implements Work {
    @Override
    public <R> R accept(Cases<R> cases) {
      return cases.pooledFirst(this);
    }
  }

  /** Copies the list. */
  public ForwardPlan {
    operations = List.copyOf(operations);
  }

  /** The plan for an architecture. */
  public static ForwardPlan of(Architecture architecture) {
    List<Node> nodes = architecture.nodes();
    Map<Integer, Work> together = new HashMap<>();
    Set<Integer> absorbed = new HashSet<>();
    int[] readers = new int[nodes.size()];
    int[] lastReader = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      for (int node : nodes.get(i).inputs()) {
        if (node != Node.IMAGE) {
          readers[node]++;
          lastReader[node] = i;
        }
      }
    }
    for (int i = 0; i < nodes.size(); i++) {
      if (readers[i] == 1) {
        int reader = lastReader[i];
        Optional<Work> both = together(nodes.get(i), nodes.get(reader).layer());
        if (both.isPresent()) {
          together.put(reader, both.get());
          absorbed.add(i);
        }
      }
    }
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (together.containsKey(i)) {
        Node first = nodes.get(node.inputs().get(0));
        operations.add(new Operation(together.get(i), first.inputs(), i));
      } else if (!absorbed.contains(i)) {
        operations.add(new Operation(new Single(node.layer()), node.inputs(), i));
      }
    }
    return new ForwardPlan(operations);
  }

  /** A node and its only reader as one, where that pays. */
  private static Optional<Work> together(Node node, Layer reader) {
    if (node.layer() instanceof Layer.Convolution stem
        && node.inputs().equals(List.of(Node.IMAGE))
        && reader instanceof Layer.Convolution next) {
      return FoldedStem.product(stem, next).map(product -> new Folded(stem, next, product));
    }
    if (node.layer() instanceof Layer.Activation activation
        && activation.function().monotone()
        && reader instanceof Layer.MaxPool pool) {
      return Optional.of(new PooledFirst(pool, activation));
    }
    return Optional.empty();
  }

  /** The first two convolutions as one, where that takes less work than both. */
  public Optional<Folded> folded() {
    return operations.stream()
        .map(Operation::work)
        .filter(Folded.class::isInstance)
        .map(Folded.class::cast)
        .findFirst();
  }
}
