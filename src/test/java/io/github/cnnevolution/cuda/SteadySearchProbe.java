package io.github.cnnevolution.cuda;

import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A search without generations on all GPUs. Each candidate is trained there and takes a random time
 * more; its fitness follows from its network, since the recorder does not compute.
 */
final class SteadySearchProbe {
  private static final int LONGEST_NANOS = 200_000_000;

  private SteadySearchProbe() {}

  /** Takes the directory of the run and the number of workers on each GPU. */
  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    SearchSettings settings =
        SearchSettings.builder()
            .data("synthetic")
            .trainLimit(64)
            .epochs(1)
            .batchSize(32)
            .workersPerGpu(OptionalInt.of(Integer.parseInt(arguments[1])))
            .cudaGraphs(false)
            .seed(7)
            .builtIn(AlgorithmSettings.of("steady").withEvaluations(40).withLookahead(6))
            .evaluators(SteadySearchProbe::delayed)
            .directory(Path.of(arguments[0]))
            .build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      search.run();
    }
  }

  private static CandidateEvaluator delayed(CandidateEvaluator trainer) {
    return (job, worker, parts) -> {
      trainer.evaluate(job, worker, parts);
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(LONGEST_NANOS));
      return Evaluation.ofAccuracy(job, fitness(job), List.of(), 1, 1, parts, worker);
    };
  }

  private static double fitness(EvaluationJob job) {
    return new Random(job.architecture().phenotype().hashCode()).nextInt(1000) / 1000.0;
  }
}
