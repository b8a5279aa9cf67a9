package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The variables of a forward pass that is written as source text, by node: {@code x} for what the
 * next layer alone reads, and a name of its own for what is read later.
 */
final class Variables {
  private static final String CURRENT = "x";
  private static final String IMAGES = "images";

  private final List<String> names = new ArrayList<>();
  private final String image;

  /**
   * Names the variables.
   *
   * @param reserved what else the text uses, which no variable may be called
   */
  Variables(Architecture architecture, Set<String> reserved) {
    Set<String> used = new HashSet<>(reserved);
    used.addAll(List.of(CURRENT, IMAGES));
    int last = architecture.nodes().size() - 1;
    this.image = architecture.readers(Node.IMAGE).equals(List.of(0)) ? CURRENT : IMAGES;
    for (int node = 0; node <= last; node++) {
      if (node == last || architecture.readers(node).equals(List.of(node + 1))) {
        names.add(CURRENT);
      } else {
        String name = architecture.layers().get(node).name().replace('.', '_');
        name = Character.isDigit(name.charAt(0)) ? CURRENT + name : name;
        while (!used.add(name)) {
          name += "_";
        }
        names.add(name);
      }
    }
  }

  /** The variable of the images before the first layer: {@code x} or {@code images}. */
  String image() {
    return image;
  }

  /** The variable of what a node makes, or of the images. */
  String of(int node) {
    return node == Node.IMAGE ? image : names.get(node);
  }

  /** The variables that a node reads. */
  List<String> inputs(Node node) {
    return node.inputs().stream().map(this::of).toList();
  }
}
