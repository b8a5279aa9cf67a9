package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the different networks of a definition: for the stages that have blocks, all widths that
 * occur times all depths; then all other properties that make a difference. Which networks two
 * patterns of stages share is counted once.
 */
final class StagedCount {
  private StagedCount() {}

  /** How many there are. */
  static long of(StagedDefinition definition) {
    StagedSettings initial = definition.initial();
    Map<List<Integer>, Set<List<Integer>>> depths = new HashMap<>();
    StagedDefinition.forEach(
        definition.genes(StagedDefinition.Group.DEPTHS),
        initial,
        settings -> {
          List<Integer> all = settings.depths();
          depths.computeIfAbsent(stages(all), any -> new HashSet<>()).add(only(all, stages(all)));
        });
    Map<List<Integer>, Set<List<Integer>>> widths = new HashMap<>();
    StagedDefinition.forEach(
        definition.genes(StagedDefinition.Group.WIDTHS),
        initial,
        settings -> {
          List<Integer> all = settings.widths();
          for (List<Integer> stages : depths.keySet()) {
            widths.computeIfAbsent(stages, any -> new HashSet<>()).add(only(all, stages));
          }
        });
    // By the number of stages: by their depths: the patterns that have these.
    Map<Integer, Map<List<Integer>, Set<List<Integer>>>> patterns = new HashMap<>();
    depths.forEach(
        (stages, some) ->
            some.forEach(
                depth ->
                    patterns
                        .computeIfAbsent(stages.size(), any -> new HashMap<>())
                        .computeIfAbsent(depth, any -> new HashSet<>())
                        .add(stages)));
    long count = 0;
    for (Map.Entry<Integer, Map<List<Integer>, Set<List<Integer>>>> entry : patterns.entrySet()) {
      Map<Set<List<Integer>>, Integer> unions = new HashMap<>();
      long shapes = 0;
      for (Set<List<Integer>> having : entry.getValue().values()) {
        shapes += unions.computeIfAbsent(having, some -> union(some, widths));
      }
      count += shapes * others(definition, entry.getKey());
    }
    return count;
  }

  private static int union(
      Set<List<Integer>> patterns, Map<List<Integer>, Set<List<Integer>>> widths) {
    Set<List<Integer>> all = new HashSet<>();
    patterns.forEach(stages -> all.addAll(widths.get(stages)));
    return all.size();
  }

  /** The stages that have blocks, from 0. */
  private static List<Integer> stages(List<Integer> depths) {
    List<Integer> stages = new ArrayList<>();
    for (int i = 0; i < depths.size(); i++) {
      if (depths.get(i) > 0) {
        stages.add(i);
      }
    }
    return stages;
  }

  private static List<Integer> only(List<Integer> values, List<Integer> stages) {
    return stages.stream().map(values::get).toList();
  }

  /** The different networks of the same widths and depths. */
  private static long others(StagedDefinition definition, int stages) {
    Set<StagedNetwork> networks = new HashSet<>();
    List<Integer> any = Collections.nCopies(stages, 1);
    StagedDefinition.forEach(
        definition.genes(StagedDefinition.Group.REST),
        definition.initial(),
        settings -> networks.add(settings.network(any, any)));
    return networks.size();
  }
}
