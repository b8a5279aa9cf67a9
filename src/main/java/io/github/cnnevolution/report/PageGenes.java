package io.github.cnnevolution.report;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.GeneView;
import io.github.cnnevolution.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The genes of a run for its page: for each gene, the groups of networks that a chart compares, and
 * whether it has a filter.
 */
final class PageGenes {
  /** A gene with more values shows only those that occur, and has no filter. */
  static final int FEW = 12;

  /** Ids of the filters that are not genes; no gene may use them. */
  private static final Set<String> TAKEN = Set.of("text", "outcome", "reason");

  private final List<Shown> genes = new ArrayList<>();

  /**
   * Finds the genes of a run.
   *
   * @param space search space of the run; without it, only the values of the networks are used
   * @param networks of the run
   */
  PageGenes(Optional<SearchSpace> space, Collection<Architecture> networks) {
    Set<String> ids = new HashSet<>(TAKEN);
    for (GeneView view : space.map(SearchSpace::geneViews).orElseGet(() -> views(networks))) {
      List<String> labels =
          networks.stream()
              .map(network -> network.genes().get(view.gene()))
              .filter(label -> label != null)
              .distinct()
              .toList();
      if (!labels.isEmpty() || networks.isEmpty()) {
        genes.add(new Shown(id(view.gene(), ids), view, groups(view, labels)));
      }
    }
  }

  /**
   * A gene and its groups.
   *
   * @param groups captions by group name: a label, or position and label for a sequence
   * @param indices of the groups by name
   */
  private record Shown(
      String id, GeneView view, Map<String, List<String>> groups, Map<String, Integer> indices) {
    Shown(String id, GeneView view, Map<String, List<String>> groups) {
      this(id, view, groups, new HashMap<>());
      groups.keySet().forEach(name -> indices.put(name, indices.size()));
    }

    boolean hasFilter() {
      return view.places() == 0 && groups.size() > 1 && groups.size() <= FEW;
    }

    List<Integer> of(Architecture network) {
      String label = network.genes().get(view.gene());
      return label == null ? List.of() : names(view, label).stream().map(indices::get).toList();
    }

    List<Object> row() {
      List<Object> rows = new ArrayList<>();
      groups.forEach((name, caption) -> rows.add(List.of(name, caption)));
      return List.of(id, view.gene(), view.title(), view.axis(), hasFilter(), rows);
    }
  }

  /** Collects the gene values of the networks. */
  private static List<GeneView> views(Collection<Architecture> networks) {
    Map<String, Set<String>> labels = new LinkedHashMap<>();
    for (Architecture network : networks) {
      network
          .genes()
          .forEach(
              (gene, label) ->
                  labels
                      .computeIfAbsent(gene, any -> new TreeSet<>(PageGenes::compare))
                      .add(label));
    }
    List<GeneView> views = new ArrayList<>();
    labels.forEach((gene, values) -> views.add(GeneView.of(gene, List.copyOf(values))));
    return views;
  }

  /** Sorts numbers by value and before words. */
  private static int compare(String a, String b) {
    int bySize = Double.compare(number(a), number(b));
    return bySize != 0 ? bySize : a.compareTo(b);
  }

  private static double number(String label) {
    try {
      return Double.parseDouble(label);
    } catch (NumberFormatException e) {
      return Double.POSITIVE_INFINITY;
    }
  }

  /** Returns a unique, reproducible id of letters, digits and hyphens. */
  private static String id(String gene, Set<String> taken) {
    String words = gene.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String id = words;
    for (int i = 2; !taken.add(id); i++) {
      id = words + "-" + i;
    }
    return id;
  }

  /** Returns the groups in the order of the gene's values; other values of networks come last. */
  private static Map<String, List<String>> groups(GeneView view, List<String> labels) {
    Set<String> occurring = new HashSet<>();
    labels.forEach(label -> occurring.addAll(names(view, label)));
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (int place = 1; place <= Math.max(1, view.places()); place++) {
      for (GeneView.Value value : view.values()) {
        boolean sequence = view.places() > 0;
        String name = sequence ? place + " " + value.label() : value.label();
        if (view.values().size() <= FEW || occurring.contains(name)) {
          String caption = place + " " + String.join(" ", value.caption());
          groups.put(name, sequence ? List.of(caption) : value.caption());
        }
      }
    }
    for (String label : labels) {
      names(view, label).forEach(name -> groups.putIfAbsent(name, List.of(name)));
    }
    return groups;
  }

  /** Returns the groups of a network with this label: one, or one per position. */
  private static List<String> names(GeneView view, String label) {
    if (view.places() == 0) {
      return List.of(label);
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < label.length(); i++) {
      names.add((i + 1) + " " + label.charAt(i));
    }
    return names;
  }

  /**
   * Returns one row per gene: id, name, title, axis, whether it has a filter, name and caption of
   * groups.
   */
  List<Object> rows() {
    return genes.stream().map(gene -> (Object) gene.row()).toList();
  }

  /** Returns, per gene, the indices of a network's groups; none if it lacks the gene. */
  List<Object> groups(Architecture network) {
    return genes.stream().map(gene -> (Object) gene.of(network)).toList();
  }
}
