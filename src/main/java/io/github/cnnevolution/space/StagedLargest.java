package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/**
 * Finds how much memory the networks of a definition need within bounds: by branch and bound on
 * sets of networks, the neediest first.
 *
 * <p>A set is a box: of each gene of numbers a range, of each other gene one value. Parameters,
 * operations and memory grow with each number, so that the corners of a box bound them all. A box
 * whose smallest network is too large, or whose largest is too small, is left out. If the largest
 * network of the neediest box is within the bounds, no other needs more. After {@value #MAX_SPLITS}
 * splits the search ends with that network all the same: it lies outside then, and still no network
 * within needs more.
 */
final class StagedLargest {
  private static final int MAX_SPLITS = 200;
  private static final int MAX_BOXES = 4096;

  private final StagedDefinition definition;
  private final int classes;
  private final Bounds bounds;
  private final ToLongFunction<Architecture> memory;
  private final PriorityQueue<Box> boxes =
      new PriorityQueue<>(
          Comparator.comparingLong(Box::bytes).reversed().thenComparingLong(Box::number));
  private long made;

  /**
   * Networks with a choice of values for each gene, those of numbers from small to large networks.
   *
   * @param values by gene
   * @param largest network
   * @param bytes that it needs
   * @param number of the box, in the order of making
   */
  private record Box(List<List<String>> values, Architecture largest, long bytes, long number) {}

  StagedLargest(
      StagedDefinition definition,
      int classes,
      Bounds bounds,
      ToLongFunction<Architecture> memory) {
    this.definition = definition;
    this.classes = classes;
    this.bounds = bounds;
    this.memory = memory;
  }

  /** The network; empty if none is within the bounds, or there are too many kinds to look at. */
  Optional<Architecture> find() {
    List<List<List<String>>> parts = definition.genes().stream().map(StagedLargest::parts).toList();
    double combinations = parts.stream().mapToDouble(List::size).reduce(1, (a, b) -> a * b);
    if (combinations > MAX_BOXES) {
      return Optional.empty();
    }
    addAll(parts, List.of());
    for (int split = 0; split < MAX_SPLITS && !boxes.isEmpty(); split++) {
      if (bounds.admit(boxes.peek().largest)) {
        break;
      }
      split(boxes.remove());
    }
    return Optional.ofNullable(boxes.peek()).map(Box::largest);
  }

  private void addAll(List<List<List<String>>> parts, List<List<String>> chosen) {
    if (chosen.size() == parts.size()) {
      add(chosen);
      return;
    }
    for (List<String> part : parts.get(chosen.size())) {
      List<List<String>> more = new ArrayList<>(chosen);
      more.add(part);
      addAll(parts, more);
    }
  }

  /** The sets of values of a gene within which networks grow from the first value to the last. */
  private static List<List<String>> parts(StagedGene gene) {
    boolean grows = gene.sets().stream().allMatch(StagedLargest::grows);
    boolean shrinks = gene.sets().stream().allMatch(StagedLargest::shrinks);
    if (gene.isLater() || !(grows || shrinks)) {
      return gene.values().stream().map(List::of).toList();
    }
    StagedSetting setting = gene.sets().get(0);
    Comparator<String> bySize = Comparator.comparingDouble(setting::parse);
    List<String> sorted =
        gene.values().stream().sorted(shrinks ? bySize.reversed() : bySize).toList();
    // Without a stage, the next one works on larger images.
    List<String> none = sorted.stream().filter(v -> isNone(setting, v)).toList();
    List<String> some = sorted.stream().filter(v -> !isNone(setting, v)).toList();
    return List.of(none, some).stream().filter(part -> !part.isEmpty()).toList();
  }

  private static boolean isNone(StagedSetting setting, String value) {
    return setting.isOfDepth() && setting.parse(value) == 0;
  }

  private static boolean grows(StagedSetting setting) {
    return setting.isOfWidth()
        || setting.isOfDepth()
        || switch (setting) {
          case KERNEL, CONV_KERNEL, EXPANSION, GROUP_WIDTH, SE -> true;
          default -> false;
        };
  }

  private static boolean shrinks(StagedSetting setting) {
    return setting == StagedSetting.BOTTLENECK_RATIO || setting == StagedSetting.SE_RATIO;
  }

  private void add(List<List<String>> values) {
    Architecture least = network(values, false);
    Architecture most = network(values, true);
    boolean tooLarge =
        least.parameters() > bounds.maxParameters().orElse(Long.MAX_VALUE)
            || least.flops() > bounds.maxFlops().orElse(Long.MAX_VALUE);
    boolean tooSmall =
        most.parameters() < bounds.minParameters().orElse(0)
            || most.flops() < bounds.minFlops().orElse(0);
    if (!tooLarge && !tooSmall) {
      boxes.add(new Box(values, most, memory.applyAsLong(most), made++));
    }
  }

  /** Divides the gene that brings the largest network nearest to the bounds. */
  private void split(Box box) {
    double nearest = Double.MAX_VALUE;
    int gene = 0;
    for (int i = 0; i < box.values.size(); i++) {
      List<String> values = box.values.get(i);
      if (values.size() > 1) {
        double distance = bounds.distance(network(with(box.values, i, lower(values)), true));
        if (distance < nearest) {
          nearest = distance;
          gene = i;
        }
      }
    }
    List<String> values = box.values.get(gene);
    List<String> lower = lower(values);
    add(with(box.values, gene, lower));
    add(with(box.values, gene, values.subList(lower.size(), values.size())));
  }

  private static List<String> lower(List<String> values) {
    return values.subList(0, values.size() / 2);
  }

  private static List<List<String>> with(List<List<String>> values, int gene, List<String> some) {
    List<List<String>> changed = new ArrayList<>(values);
    changed.set(gene, some);
    return changed;
  }

  private Architecture network(List<List<String>> values, boolean largest) {
    StagedSettings settings = definition.initial();
    for (int i = 0; i < values.size(); i++) {
      List<String> range = values.get(i);
      String value = range.get(largest ? range.size() - 1 : 0);
      settings = settings.with(definition.genes().get(i), value);
    }
    return settings.network().architecture(definition.name(), classes, Map.of());
  }
}
