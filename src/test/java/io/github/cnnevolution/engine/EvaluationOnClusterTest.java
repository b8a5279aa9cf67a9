package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Candidates that executors evaluate have the results that this machine gives them. */
class EvaluationOnClusterTest {
  private static final List<Chromosome> CANDIDATES =
      List.of(
          new Chromosome("00000000000000000000"),
          new Chromosome("01000000000000000000"),
          new Chromosome("00000000000000000000"));

  @BeforeAll
  static void prepare() {
    LibTorch.prepare();
  }

  private static CandidateSettings settings() {
    return CandidateSettings.builder()
        .data("synthetic")
        .trainLimit(40)
        .epochs(2)
        .batchSize(20)
        .build();
  }

  private static List<List<Object>> results(CandidateEvaluation evaluation) throws Exception {
    return evaluation.evaluate(CANDIDATES, (chromosome, result) -> {}).stream()
        .map(
            (Evaluation e) ->
                List.<Object>of(
                    e.job(), e.fitness(), e.objectives(), e.testAccuracy(), e.curve(), e.error()))
        .toList();
  }

  @Test
  void theResultsAreThose() throws Exception {
    Set<String> workers = ConcurrentHashMap.newKeySet();
    SessionListener listener =
        new SessionListener() {
          @Override
          public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
            workers.add(worker);
          }
        };
    List<List<Object>> here;
    try (CandidateEvaluation evaluation =
        CandidateEvaluation.start(settings(), new PlainSpace(), true, SessionListener.NONE)) {
      here = results(evaluation);
    }
    try (InProcessCluster cluster = new InProcessCluster(2);
        CandidateEvaluation evaluation =
            CandidateEvaluation.start(cluster, settings(), new PlainSpace(), true, listener)) {
      assertEquals(here, results(evaluation));
      long trainings = cluster.calls().stream().filter(EvaluateCall.class::isInstance).count();
      assertEquals(2, trainings, "equal networks are trained once");
    }
    assertTrue(here.toString().contains("OptionalDouble["), here.toString());
    assertEquals(Set.of("node/1-0", "node/1-1"), workers);
  }
}
