package io.github.cnnevolution.engine;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A few networks of a search space which together have its kinds of layers. The same space gives
 * the same networks.
 */
final class RepresentativeNetworks {
  private static final int MOST = 4;
  private static final int DRAWN = 100;

  private RepresentativeNetworks() {}

  /** Chooses at most {@value #MOST}, for {@value Architecture#CLASSES} classes. */
  static List<Architecture> of(SearchSpace space) {
    Map<Architecture, Set<String>> kinds = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < DRAWN; i++) {
      Architecture network =
          space.decode(Chromosome.random(space.defaultLength(), random), Architecture.CLASSES);
      kinds.computeIfAbsent(network, RepresentativeNetworks::kinds);
    }
    List<Architecture> chosen = new ArrayList<>();
    Set<String> covered = new HashSet<>();
    Architecture next = most(kinds, covered);
    while (chosen.size() < MOST && added(kinds.get(next), covered) > 0) {
      chosen.add(next);
      covered.addAll(kinds.get(next));
      next = most(kinds, covered);
    }
    return chosen;
  }

  /** The network with the most kinds that are not covered; of those the one that takes least. */
  private static Architecture most(Map<Architecture, Set<String>> kinds, Set<String> covered) {
    return kinds.keySet().stream()
        .min(
            Comparator.<Architecture>comparingLong(network -> -added(kinds.get(network), covered))
                .thenComparingLong(Architecture::flops)
                .thenComparing(Architecture::phenotype))
        .orElseThrow();
  }

  private static long added(Set<String> kinds, Set<String> covered) {
    return kinds.stream().filter(kind -> !covered.contains(kind)).count();
  }

  private static Set<String> kinds(Architecture network) {
    Set<String> kinds = new HashSet<>();
    network.layers().forEach(layer -> kinds.add(kind(layer)));
    return kinds;
  }

  /** What is launched for a layer, as far as its kind and not its size decides. */
  private static String kind(Layer layer) {
    String name = layer.getClass().getSimpleName();
    if (layer instanceof Layer.Convolution convolution) {
      boolean depthwise = convolution.groups() == convolution.input().channels();
      String groups = convolution.groups() == 1 ? "" : depthwise ? " depthwise" : " grouped";
      return Text.format("%s %d/%d%s", name, convolution.kernel(), convolution.stride(), groups);
    }
    if (layer instanceof Layer.Activation activation) {
      return name + " " + activation.function();
    }
    return layer instanceof Layer.MaxPool pool ? name + " " + pool.window() : name;
  }
}
