package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.run.StoredEvaluationCache;
import java.util.List;
import java.util.Map;

/**
 * What the evaluations of a search came from, and which devices failed.
 *
 * @param trainings networks asked for that do not come from another run
 * @param saved requests answered without a training of their own
 * @param reused how many evaluations come from each other run, by the path of its store
 * @param lostDevices in the order in which they failed
 */
record SearchCounts(
    long trainings, long saved, Map<String, Integer> reused, List<LostDevice> lostDevices) {
  static SearchCounts of(
      EvaluationService service, StoredEvaluationCache cache, List<LostDevice> lostDevices) {
    Map<String, Integer> reused = cache.reused();
    long elsewhere = reused.values().stream().mapToInt(n -> n).sum();
    return new SearchCounts(service.trainings() - elsewhere, service.reused(), reused, lostDevices);
  }
}
