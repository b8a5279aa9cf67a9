package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Outcome;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The figures of a run, computed from its store alone: the terminal, the JSON files, the tables and
 * the page all show these. The documentation of the run directory has the SQL of each.
 *
 * @param evaluations rows of the store; a network whose failure was retried has several
 * @param networks distinct networks among them
 * @param trained evaluations that this run trained to the end
 * @param failures evaluations that failed
 * @param reused evaluations taken from each other run, by the path of its store
 * @param saved candidates answered by the evaluation of another candidate of the run
 * @param generations that are complete
 * @param discarded networks that are in no generation: a failure that was retried on {@code
 *     --resume} has changed what the search proposed after it
 * @param seconds time in which the run trained, without the pauses between a stop and a resume
 */
public record RunFigures(
    int evaluations,
    int networks,
    int trained,
    int failures,
    Map<String, Integer> reused,
    int saved,
    int generations,
    int discarded,
    double seconds) {
  /** Copies the map, sorted by path. */
  public RunFigures {
    reused = Collections.unmodifiableMap(new TreeMap<>(reused));
  }

  /** Returns the counts and the time, by their names in JSON; not the generations. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("evaluations", evaluations);
    fields.put("networks", networks);
    fields.put("trained", trained);
    fields.put("failures", failures);
    fields.put("reused", reused.values().stream().mapToInt(n -> n).sum());
    fields.put("saved", saved);
    fields.put("discarded", discarded);
    fields.put("seconds", seconds);
    return fields;
  }

  /** Computes the figures of a run. */
  public static RunFigures of(StoredRun run) {
    Set<String> networks = new HashSet<>();
    Map<String, Integer> reused = new HashMap<>();
    int trained = 0;
    int failures = 0;
    for (StoredEvaluation stored : run.evaluations()) {
      boolean failed = stored.evaluation().isFailed();
      networks.add(stored.evaluation().job().architecture().phenotype());
      failures += failed ? 1 : 0;
      trained += !failed && stored.source().isEmpty() ? 1 : 0;
      stored.source().ifPresent(source -> reused.merge(source, 1, Integer::sum));
    }
    Set<String> answered = new HashSet<>();
    Set<String> proposed = new HashSet<>();
    for (StoredProposal proposal : run.proposals()) {
      proposed.add(proposal.phenotype());
    }
    for (Outcome outcome : run.outcomes()) {
      answered.add(run.proposals().get((int) outcome.proposal()).phenotype());
    }
    int discarded = (int) networks.stream().filter(name -> !proposed.contains(name)).count();
    return new RunFigures(
        run.evaluations().size(),
        networks.size(),
        trained,
        failures,
        reused,
        run.outcomes().size() - answered.size(),
        run.completeGenerations().size(),
        // The store of version 0.1.0 may have no proposals at all.
        run.proposals().isEmpty() ? 0 : discarded,
        Pauses.activeMillis(run.evaluations()) / 1e3);
  }
}
