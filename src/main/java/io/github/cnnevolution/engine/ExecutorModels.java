package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.run.EvaluationKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Learns from results on which devices the executors of a cluster have trained. */
final class ExecutorModels {
  private final Map<String, String> models = new ConcurrentHashMap<>();
  private final Optional<String> ofAll;

  /**
   * Knows nothing yet.
   *
   * @param ofAll kind and model that all executors have; empty: each may have another one
   */
  ExecutorModels(Optional<String> ofAll) {
    this.ofAll = ofAll;
  }

  /** Kind and model of an executor's devices; empty if they are not known yet. */
  String of(String executor) {
    return ofAll.orElseGet(() -> models.getOrDefault(executor, ""));
  }

  /** A cache that shows this the results on their way to another one. */
  EvaluationCache before(EvaluationCache cache) {
    return new EvaluationCache() {
      @Override
      public long job(String phenotype, long asked) {
        return cache.job(phenotype, asked);
      }

      @Override
      public Optional<Evaluation> find(EvaluationJob job, int microBatches) {
        return cache.find(job, microBatches);
      }

      @Override
      public void started(EvaluationJob job, String worker) {
        cache.started(job, worker);
      }

      @Override
      public void ended(Evaluation evaluation, ComputeDevice device, long memoryBytes) {
        // What a candidate that has ended its process was trained on, nobody has said.
        if (!evaluation.isFailed()) {
          models.put(ExecutorPlaces.executor(evaluation.worker()), EvaluationKey.device(device));
        }
        cache.ended(evaluation, device, memoryBytes);
      }
    };
  }
}
