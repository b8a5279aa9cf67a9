package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The network that a chromosome stands for, which is what is trained, cached and compared: a graph
 * of layers from an image to class scores.
 *
 * <p>Two architectures are equal if their space, phenotype and number of classes are. How many
 * classes the last layer tells apart is no gene: it follows from the data, and all networks of a
 * run have the same number. Everything here is arithmetic on integers: shapes, parameters and flops
 * need no LibTorch. Immutable.
 */
public final class Architecture {
  /** The classes of CIFAR-100, and of a network of which nothing else is said. */
  public static final int CLASSES = 100;

  /** The input: one RGB image of 32 x 32. */
  public static final TensorShape INPUT = TensorShape.of(3, 32, 32);

  private final String space;
  private final String phenotype;
  private final int classes;
  private final TensorShape input;
  private final List<Node> nodes;
  private final List<Layer> layers;
  private final Map<String, String> genes;
  private final Map<String, Object> traits;
  private final long parameters;
  private final long flops;
  private final int hash;

  /**
   * Checks that the nodes make a network.
   *
   * @param space the name of the space that it belongs to
   * @param phenotype a name that no other network of the space has; it becomes a file name
   * @param classes that the last layer tells apart, at least 2
   * @param input the shape of an image
   * @param nodes in an order in which they can be computed; the last makes the class scores
   * @param genes what the genes that matter for this network say, by their names, for people
   * @param traits what files say about it beside name, parameters and flops, as JSON values
   * @throws IllegalArgumentException if a name is not allowed, is there twice or is the beginning
   *     of another one's path, if an input does not come before or does not have the shape that the
   *     layer reads, if a convolution pads unlike PyTorch's Conv2d, if the output of a node is not
   *     read, or if the last does not make a score for each class
   */
  public Architecture(
      String space,
      String phenotype,
      int classes,
      TensorShape input,
      List<Node> nodes,
      Map<String, String> genes,
      Map<String, Object> traits) {
    this.space = Names.check("search space", space);
    this.phenotype = Names.check("network", phenotype);
    this.classes = classes;
    this.input = input;
    this.nodes = List.copyOf(nodes);
    this.layers = this.nodes.stream().map(Node::layer).toList();
    this.genes = Collections.unmodifiableMap(new LinkedHashMap<>(genes));
    this.traits = Collections.unmodifiableMap(new LinkedHashMap<>(traits));
    if (classes < 2) {
      throw new IllegalArgumentException("a network needs at least 2 classes, not " + classes);
    }
    checkNames();
    checkInputs();
    checkOutput();
    this.parameters = layers.stream().mapToLong(Layer::parameters).sum();
    this.flops = layers.stream().mapToLong(Layer::flops).sum();
    this.hash = Objects.hash(space, phenotype, classes);
  }

  private void checkNames() {
    Set<String> names = new HashSet<>();
    Set<String> parents = new HashSet<>();
    for (Layer layer : layers) {
      String name = layer.name();
      if (!Names.isPath(name)) {
        throw wrong(
            Text.format(
                "'%s' is no name of a layer; write words with dots between them that PyTorch does not use",
                name));
      }
      if (!names.add(name)) {
        throw wrong(Text.format("two layers have the name %s", name));
      }
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        parents.add(name.substring(0, dot));
      }
    }
    names.retainAll(parents);
    if (!names.isEmpty()) {
      throw wrong(Text.format("the layer %s has other layers below it", names.iterator().next()));
    }
  }

  private void checkInputs() {
    for (int i = 0; i < nodes.size(); i++) {
      List<Integer> read = nodes.get(i).inputs();
      Layer layer = layers.get(i);
      List<TensorShape> expected = layer.inputs();
      if (layer instanceof Layer.Convolution convolution && !convolution.padsAsPyTorch()) {
        throw wrong(
            Text.format(
                "layer %s has a padding that PyTorch's Conv2d does not know", layer.name()));
      }
      if (read.size() != expected.size()) {
        throw wrong(
            Text.format(
                "layer %s reads %d tensors, not %d", layer.name(), expected.size(), read.size()));
      }
      for (int k = 0; k < read.size(); k++) {
        if (read.get(k) < Node.IMAGE || read.get(k) >= i) {
          throw wrong(
              Text.format(
                  "layer %s reads node %d, which is not before it", layer.name(), read.get(k)));
        }
        if (!shape(read.get(k)).equals(expected.get(k))) {
          throw wrong(
              Text.format(
                  "layer %s reads %s, but gets %s",
                  layer.name(), expected.get(k), shape(read.get(k))));
        }
      }
    }
  }

  private void checkOutput() {
    Set<Integer> read = new HashSet<>();
    nodes.forEach(node -> read.addAll(node.inputs()));
    for (int i = 0; i < nodes.size() - 1; i++) {
      if (!read.contains(i)) {
        throw wrong(Text.format("nothing reads layer %s", layers.get(i).name()));
      }
    }
    if (!shape(nodes.size() - 1).equals(TensorShape.of(classes))) {
      throw wrong(
          Text.format("the last layer makes %s, not %d scores", shape(nodes.size() - 1), classes));
    }
  }

  private IllegalArgumentException wrong(String reason) {
    return new IllegalArgumentException("network " + phenotype + ": " + reason);
  }

  /** The shape that a node makes for one image, or that of the image. */
  public TensorShape shape(int node) {
    return node == Node.IMAGE ? input : layers.get(node).output();
  }

  /** The name of the space that this network belongs to. */
  public String space() {
    return space;
  }

  /** A short name, unique in its space, such as {@code w64-k3-relu-dsd}. */
  public String phenotype() {
    return phenotype;
  }

  /** How many classes the last layer tells apart. */
  public int classes() {
    return classes;
  }

  /** The shape of an image. */
  public TensorShape input() {
    return input;
  }

  /** The layers with what they read, in the order of the forward pass. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The layers in the order of the forward pass. */
  public List<Layer> layers() {
    return layers;
  }

  /** The nodes that read a node or the image, in their order; one that reads it twice twice. */
  public List<Integer> readers(int node) {
    List<Integer> readers = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (int read : nodes.get(i).inputs()) {
        if (read == node) {
          readers.add(i);
        }
      }
    }
    return readers;
  }

  /** Whether each node reads the one before it and nothing else. */
  public boolean isChain() {
    for (int i = 0; i < nodes.size(); i++) {
      if (!nodes.get(i).inputs().equals(List.of(i - 1))) {
        return false;
      }
    }
    return true;
  }

  /** What the genes that matter for this network say, by their names, for people. */
  public Map<String, String> genes() {
    return genes;
  }

  /** What files say about this network beside name, parameters and flops, as JSON values. */
  public Map<String, Object> traits() {
    return traits;
  }

  /** The trained parameters of the whole network. */
  public long parameters() {
    return parameters;
  }

  /** Floating-point operations of one image's forward pass; see {@link Layer#flops()}. */
  public long flops() {
    return flops;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Architecture that
        && hash == that.hash
        && classes == that.classes
        && phenotype.equals(that.phenotype)
        && space.equals(that.space);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return phenotype;
  }
}
