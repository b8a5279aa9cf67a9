package io.github.cnnevolution.report;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the networks of a run are drawn. Networks share most of their layers, so each layer has one
 * row. Remembers all that it has drawn: the next document of the same run costs only what is new.
 * Not thread-safe.
 */
final class PageNetworks {
  private final Map<Layer, Integer> numbers = new HashMap<>();
  private final List<Object> layers = new ArrayList<>();
  private final Map<String, Drawing> drawings = new HashMap<>();
  private Optional<PageGenes> genes = Optional.empty();

  /**
   * A network.
   *
   * @param groups that its genes put it into
   * @param layers their rows, by index
   * @param links what the layers read
   */
  record Drawing(List<Object> groups, List<Integer> layers, List<Object> links) {}

  /** Puts the networks that are drawn from now on into groups by these genes. */
  void group(PageGenes by) {
    if (genes.isEmpty() || !genes.get().rows().equals(by.rows())) {
      drawings.clear();
    }
    genes = Optional.of(by);
  }

  /**
   * Draws a network; its name identifies it.
   *
   * @throws java.util.NoSuchElementException before {@link #group}
   */
  Drawing draw(Architecture architecture) {
    return drawings.computeIfAbsent(
        architecture.phenotype(),
        name ->
            new Drawing(
                genes.orElseThrow().groups(architecture),
                architecture.layers().stream().map(this::number).toList(),
                PageLayers.links(architecture)));
  }

  private int number(Layer layer) {
    Integer known = numbers.get(layer);
    if (known != null) {
      return known;
    }
    layers.add(PageLayers.row(layer));
    numbers.put(layer, numbers.size());
    return numbers.size() - 1;
  }

  /** Returns the rows of all layers that were drawn so far. */
  List<Object> layers() {
    return List.copyOf(layers);
  }
}
