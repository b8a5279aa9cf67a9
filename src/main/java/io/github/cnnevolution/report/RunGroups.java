package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs to compare, grouped by their settings. Runs of a group differ in the seed alone, or in what
 * changes no result.
 *
 * @param dataSets names of the data sets; accuracies on different images are not comparable
 * @param groups in the order of their first runs
 */
record RunGroups(List<String> dataSets, List<Group> groups) {
  /** Options that say how much is searched, on which machine or what is kept, not how. */
  private static final Set<String> INCIDENTAL =
      Set.of(
          "seed",
          "generations",
          "evaluations",
          "top_k",
          "workers",
          "gpus",
          "workers_per_gpu",
          "cuda_path",
          "reuse",
          "candidate_timeout",
          "max_time",
          "data");

  /** Options that not all algorithms have: without one, another algorithm says enough. */
  private static final Set<String> OF_ALGORITHMS = Set.of("lookahead", "replace");

  private static final int DIGITS = 8;

  /**
   * A group.
   *
   * @param label what sets it apart from the other groups of its data set
   * @param dataSet index of its data set
   * @param runs their indices
   * @param counted indices of the runs that count: of each seed, the one with the most evaluations,
   *     since the others repeat the same search
   */
  record Group(String label, int dataSet, List<Integer> runs, List<Integer> counted) {
    /** Copies the lists. */
    Group {
      runs = List.copyOf(runs);
      counted = List.copyOf(counted);
    }
  }

  /** What runs of one data set have in common. */
  private record DataSet(String name, String train, String validation, String fitness) {
    static DataSet of(StoredRun run) {
      RunFacts facts = run.facts();
      String validation = facts.digests().validation().orElse("");
      return new DataSet(facts.data(), facts.digests().train(), validation, facts.fitness());
    }
  }

  /** Copies the lists. */
  RunGroups {
    dataSets = List.copyOf(dataSets);
    groups = List.copyOf(groups);
  }

  /** Groups runs. */
  static RunGroups of(List<StoredRun> runs) {
    List<DataSet> sets =
        new ArrayList<>(new LinkedHashSet<>(runs.stream().map(DataSet::of).toList()));
    Map<List<Object>, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      int set = sets.indexOf(DataSet.of(runs.get(i)));
      members.computeIfAbsent(List.of(set, settings(runs.get(i))), key -> new ArrayList<>()).add(i);
    }
    List<Group> groups = new ArrayList<>();
    members.forEach(
        (key, indices) -> {
          int set = (Integer) key.get(0);
          StoredRun first = runs.get(indices.get(0));
          List<StoredRun> same =
              runs.stream().filter(run -> sets.indexOf(DataSet.of(run)) == set).toList();
          groups.add(new Group(label(first, same), set, indices, counted(runs, indices)));
        });
    return new RunGroups(sets.stream().map(set -> name(set, sets)).toList(), groups);
  }

  private static Map<String, String> settings(StoredRun run) {
    Map<String, String> settings = new LinkedHashMap<>(run.facts().options());
    settings.keySet().removeAll(INCIDENTAL);
    // Runs do not store what they have by default.
    settings.putIfAbsent("algorithm", run.facts().algorithm());
    settings.putIfAbsent("space", run.facts().space());
    return settings;
  }

  /** Returns the settings that differ among runs. */
  private static String label(StoredRun run, List<StoredRun> among) {
    Set<String> names = new LinkedHashSet<>();
    among.forEach(one -> names.addAll(settings(one).keySet()));
    List<String> parts = new ArrayList<>();
    // What people look for comes first.
    List<String> ordered = new ArrayList<>(List.of("algorithm", "surrogate", "space"));
    ordered.retainAll(names);
    names.removeAll(ordered);
    ordered.addAll(names);
    for (String name : ordered) {
      if (OF_ALGORITHMS.contains(name) && differsByAlgorithmAlone(name, run, among)) {
        continue;
      }
      if (among.stream().map(one -> String.valueOf(settings(one).get(name))).distinct().count()
          > 1) {
        String value = settings(run).get(name);
        parts.add(
            value == null
                ? "without --" + name
                : value.isEmpty() || value.equals("true")
                    ? "--" + name
                    : "--" + name + " " + value);
      }
    }
    return parts.isEmpty() ? "the same settings" : String.join(", ", parts);
  }

  /** Whether all runs of the algorithm have the same value of an option. */
  private static boolean differsByAlgorithmAlone(
      String name, StoredRun run, List<StoredRun> among) {
    return among.stream()
            .filter(one -> one.facts().algorithm().equals(run.facts().algorithm()))
            .map(one -> String.valueOf(settings(one).get(name)))
            .distinct()
            .count()
        == 1;
  }

  private static List<Integer> counted(List<StoredRun> runs, List<Integer> indices) {
    Map<String, Integer> bySeed = new LinkedHashMap<>();
    Comparator<Integer> size = Comparator.comparing(i -> runs.get(i).evaluations().size());
    for (int index : indices) {
      String seed = String.valueOf(runs.get(index).facts().options().get("seed"));
      bySeed.merge(seed, index, (a, b) -> size.compare(a, b) >= 0 ? a : b);
    }
    return List.copyOf(new TreeSet<>(bySeed.values()));
  }

  /** Returns the name, with more of the set if another one has the same name. */
  private static String name(DataSet set, List<DataSet> sets) {
    if (sets.stream().filter(other -> other.name.equals(set.name)).count() == 1) {
      return set.name;
    }
    List<String> parts = new ArrayList<>();
    for (String digest : List.of(set.train, set.validation)) {
      if (!digest.isEmpty()) {
        parts.add(digest.substring(0, Math.min(DIGITS, digest.length())));
      }
    }
    if (!set.fitness.equals(Evaluation.ACCURACY)) {
      parts.add(set.fitness);
    }
    return set.name + " (" + String.join(", ", parts) + ")";
  }
}
