package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Outcome;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The figures of a run, computed from its store alone: the terminal, the JSON files, the tables and
 * the page all show these. The documentation of the run directory has the SQL of each.
 *
 * @param evaluations rows of the store that count; a network whose failure was retried has several,
 *     and one that went on after a part of its training has one
 * @param networks distinct networks among them
 * @param trained evaluations that this run trained to the end
 * @param failures evaluations that failed
 * @param stopped evaluations of networks that were stopped early
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
    int stopped,
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
    fields.put("stopped", stopped);
    fields.put("reused", reused.values().stream().mapToInt(n -> n).sum());
    fields.put("saved", saved);
    fields.put("discarded", discarded);
    fields.put("seconds", seconds);
    return fields;
  }

  /** Returns how many distinct networks of its search the run has evaluated. */
  public int networksDone() {
    return networks - discarded;
  }

  /** Computes the figures of a run. */
  public static RunFigures of(StoredRun run) {
    Set<String> networks = new HashSet<>();
    Map<String, Integer> reused = new HashMap<>();
    int trained = 0;
    int failures = 0;
    int stopped = 0;
    PartTrainings parts = run.parts();
    List<StoredEvaluation> counted = run.evaluations().stream().filter(parts::counts).toList();
    for (StoredEvaluation stored : counted) {
      boolean failed = stored.evaluation().isFailed();
      boolean part = stored.evaluation().isPart();
      networks.add(stored.evaluation().job().architecture().phenotype());
      failures += failed ? 1 : 0;
      stopped += parts.isStopped(stored) ? 1 : 0;
      trained += !failed && !part && stored.source().isEmpty() ? 1 : 0;
      stored.source().ifPresent(source -> reused.merge(source, 1, Integer::sum));
    }
    Set<String> answered = new HashSet<>();
    Set<String> proposed = new HashSet<>();
    for (StoredProposal proposal : run.proposals()) {
      proposed.add(proposal.phenotype());
    }
    int asked = 0;
    for (Outcome outcome : run.outcomes()) {
      StoredProposal proposal = run.proposals().get((int) outcome.proposal());
      answered.add(proposal.phenotype());
      asked += proposal.proposal().operator().equals(Operators.CONTINUE) ? 0 : 1;
    }
    int discarded = (int) networks.stream().filter(name -> !proposed.contains(name)).count();
    return new RunFigures(
        counted.size(),
        networks.size(),
        trained,
        failures,
        stopped,
        reused,
        asked - answered.size(),
        run.completeGenerations().size(),
        // The store of version 0.1.0 may have no proposals at all.
        run.proposals().isEmpty() ? 0 : discarded,
        Pauses.activeMillis(run.evaluations()) / 1e3);
  }
}
