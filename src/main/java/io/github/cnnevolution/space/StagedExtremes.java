package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The smallest and the largest networks of a definition. Parameters and operations grow with every
 * width and with the blocks of every stage, so that of these genes the smallest or largest values
 * are enough, with and without the stages that may be missing. So it is with kernels, groups and
 * ratios; kinds of block and ways to halve the side are tried out.
 */
final class StagedExtremes {
  private static final int CLASSES = 100;

  private final StagedDefinition definition;

  StagedExtremes(StagedDefinition definition) {
    this.definition = definition;
  }

  /** The network with the fewest parameters, and that with the fewest operations. */
  List<StagedNetwork> smallest() {
    List<StagedNetwork> all = networks(true);
    Set<StagedNetwork> smallest = new LinkedHashSet<>();
    smallest.add(first(all, Architecture::parameters));
    smallest.add(first(all, Architecture::flops));
    return List.copyOf(smallest);
  }

  private static StagedNetwork first(
      List<StagedNetwork> networks, ToLongFunction<Architecture> cost) {
    return networks.stream()
        .min(Comparator.comparingLong(network -> cost.applyAsLong(built(network))))
        .orElseThrow();
  }

  /** The networks with most activations and with most parameters, of each kind of block. */
  List<StagedNetwork> largest() {
    List<StagedNetwork> all = networks(false);
    Set<StagedNetwork> largest = new LinkedHashSet<>();
    for (BlockKind kind : BlockKind.values()) {
      List<StagedNetwork> some = all.stream().filter(network -> network.block() == kind).toList();
      if (!some.isEmpty()) {
        largest.add(first(some, network -> -network.parameters()));
        largest.add(first(some, network -> -activations(network)));
      }
    }
    return List.copyOf(largest);
  }

  private static long activations(Architecture network) {
    return network.layers().stream().mapToLong(layer -> layer.output().elements()).sum();
  }

  private static Architecture built(StagedNetwork network) {
    return network.architecture("extreme", CLASSES, Map.of());
  }

  private List<StagedNetwork> networks(boolean smallest) {
    List<StagedGene> few = new ArrayList<>();
    for (StagedGene gene : definition.genes()) {
      few.add(gene.with(ends(gene, smallest)));
    }
    Set<StagedNetwork> networks = new LinkedHashSet<>();
    StagedDefinition.forEach(
        few, definition.initial(), settings -> networks.add(settings.network()));
    return List.copyOf(networks);
  }

  /** The values of a gene that the smallest or the largest networks may have. */
  private static List<String> ends(StagedGene gene, boolean smallest) {
    StagedSetting setting = gene.sets().get(0);
    List<String> numbers =
        gene.values().stream().filter(value -> !value.equals(StagedGene.AS_BEFORE)).toList();
    if (numbers.isEmpty() || setting == StagedSetting.BLOCK) {
      return gene.values();
    }
    Set<String> ends = new LinkedHashSet<>();
    if (gene.isLater()) {
      ends.add(StagedGene.AS_BEFORE);
    }
    Comparator<String> bySize = Comparator.comparingDouble(setting::parse);
    String lowest = numbers.stream().min(bySize).orElseThrow();
    String highest = numbers.stream().max(bySize).orElseThrow();
    if (setting == StagedSetting.DOWNSAMPLING) {
      ends.addAll(numbers);
    } else if (setting == StagedSetting.ACTIVATION) {
      // In training, those that are not computed in place take most.
      ends.add(numbers.stream().filter(StagedExtremes::isKept).findFirst().orElse(lowest));
    } else {
      ends.add(isCheaperAbove(setting) == smallest ? highest : lowest);
    }
    if (setting.isOfDepth()) {
      // Without a stage in the middle, the next one works on larger images.
      ends.add(lowest);
      numbers.stream().filter(n -> setting.parse(n) > 0).min(bySize).ifPresent(ends::add);
    }
    return List.copyOf(ends);
  }

  private static boolean isKept(String activation) {
    return activation.equals("gelu") || activation.equals("silu");
  }

  private static boolean isCheaperAbove(StagedSetting setting) {
    return switch (setting) {
      case BOTTLENECK_RATIO, SE_RATIO, RESOLUTION -> true;
      default -> false;
    };
  }
}
