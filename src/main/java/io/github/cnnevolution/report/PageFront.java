package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.Front;
import io.github.cnnevolution.run.FrontGoals;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Hypervolume;
import io.github.cnnevolution.search.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the page shows of several objectives: the front, how it grew, and latencies. */
final class PageFront {
  private PageFront() {}

  /**
   * Returns names of the objectives, names of the networks of the front (the most accurate first),
   * that of the preferred one, the hypervolume as rows of (evaluations, share), and the latencies
   * of a network by its name; null if the run has one objective and no latencies.
   */
  static Map<String, Object> of(StoredRun run) {
    List<Evaluation> all = run.evaluations().stream().map(StoredEvaluation::evaluation).toList();
    Map<String, Object> latencies = latencies(all);
    Optional<Front> front = run.front();
    if (front.isEmpty() && latencies.isEmpty()) {
      return null;
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(
        "names",
        front.stream()
            .flatMap(one -> one.goals().objectives().all().stream())
            .map(Objective::text)
            .toList());
    List<Evaluation> members = front.map(Front::members).orElse(List.of());
    object.put("front", members.stream().map(PageFront::name).toList());
    object.put("preferred", members.isEmpty() ? null : name(front.orElseThrow().preferred()));
    object.put("hypervolume", front.map(one -> hypervolume(one.goals(), all)).orElse(List.of()));
    object.put("latencies", latencies);
    return object;
  }

  private static String name(Evaluation evaluation) {
    return evaluation.job().architecture().phenotype();
  }

  private static Map<String, Object> latencies(List<Evaluation> all) {
    Map<String, Object> latencies = new LinkedHashMap<>();
    for (Evaluation evaluation : all) {
      Double one = evaluation.objectives().get(Evaluation.LATENCY);
      Double batch = evaluation.objectives().get(Evaluation.LATENCY_64);
      if (one != null && batch != null) {
        latencies.put(name(evaluation), List.of(one, batch));
      }
    }
    return latencies;
  }

  /**
   * The hypervolume whenever the front has changed: a share of what is possible between an accuracy
   * of 0 and 1, and between nothing and the largest that was evaluated.
   */
  private static List<Object> hypervolume(FrontGoals goals, List<Evaluation> all) {
    double[] largest = new double[goals.objectives().all().size()];
    Arrays.fill(largest, Double.MIN_NORMAL);
    Front reachable = Front.empty(goals);
    for (Evaluation evaluation : all) {
      if (reachable.canHold(evaluation)) {
        double[] point = goals.point(evaluation);
        Arrays.setAll(largest, k -> Math.max(largest[k], point[k]));
      }
    }
    double[] reference = new double[largest.length];
    Arrays.fill(reference, 1, reference.length, 1);
    List<Object> rows = new ArrayList<>();
    Front front = Front.empty(goals);
    for (int i = 0; i < all.size(); i++) {
      Front next = front.with(all.get(i));
      boolean changed = next.members() != front.members();
      front = next;
      if (changed) {
        List<double[]> points = front.points().stream().map(p -> scaled(p, largest)).toList();
        rows.add(List.of(i + 1, PageJson.rounded(Hypervolume.of(points, reference), 5)));
      }
    }
    return rows;
  }

  /** The accuracy stays what it is; the others become shares of the largest. */
  private static double[] scaled(double[] point, double[] largest) {
    double[] scaled = point.clone();
    for (int k = 1; k < scaled.length; k++) {
      scaled[k] /= largest[k];
    }
    return scaled;
  }
}
