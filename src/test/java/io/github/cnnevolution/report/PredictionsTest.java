package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredProposal;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.search.Proposal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Predictions and lines of ancestors. */
class PredictionsTest {
  private static Predictions of(double... values) {
    List<Predictions.Point> points = new ArrayList<>();
    for (int i = 0; i < values.length; i += 2) {
      points.add(new Predictions.Point(i / 2, values[i], values[i + 1]));
    }
    return new Predictions(points);
  }

  @Test
  void theRankCorrelationIsSpearmans() {
    assertEquals(1, of(-1, 0.1, 0, 0.2, 5, 0.21).rankCorrelation().orElseThrow(), 1e-12);
    assertEquals(-1, of(1, 0.1, 0, 0.2, -5, 0.21).rankCorrelation().orElseThrow(), 1e-12);
    // By hand: ranks 0 1 2 3 4 and 1 0 2 4 3, so 1 - 6 * 4 / (5 * 24).
    assertEquals(
        0.8, of(1, 0.2, 2, 0.1, 3, 0.3, 4, 0.5, 5, 0.4).rankCorrelation().orElseThrow(), 1e-12);
    // Ranks 0.5 0.5 2 3 and 0 1 2 3: covariance 4.5, variances 4.5 and 5.
    assertEquals(
        4.5 / Math.sqrt(4.5 * 5),
        of(1, 0.1, 1, 0.2, 3, 0.3, 4, 0.5).rankCorrelation().orElseThrow(),
        1e-12);
    assertEquals(Optional.empty(), of(1, 0.1, 2, 0.2).rankCorrelation());
    assertEquals(Optional.empty(), of(1, 0.1, 1, 0.2, 1, 0.3).rankCorrelation());
  }

  /**
   * Network 3 is a child of 1 and 2, 2 of 0; 4 is an elite of 3. Fitness 0.5, 0.7, 0.6, 0.9; the
   * prediction of a network is a tenth of its number.
   */
  private static StoredRun run() {
    double[] fitness = {0.5, 0.4, 0.6, 0.9};
    List<StoredEvaluation> evaluations = new ArrayList<>();
    for (int i = 0; i < fitness.length; i++) {
      evaluations.add(Candidates.stored(i, fitness[i], "key" + i));
    }
    String[] operators = {"random", "random", "mutation", "crossover", "elite"};
    List<List<Long>> parents =
        List.of(List.of(), List.of(), List.of(0L), List.of(1L, 2L), List.of(3L));
    List<StoredProposal> proposals = new ArrayList<>();
    for (int i = 0; i < operators.length; i++) {
      Evaluation evaluation = evaluations.get(Math.min(i, 3)).evaluation();
      proposals.add(
          new StoredProposal(
              new Proposal(
                  i,
                  i / 2,
                  evaluation.job().chromosome(),
                  operators[i],
                  parents.get(i),
                  1,
                  i == 4 || i == 0 ? OptionalDouble.empty() : OptionalDouble.of(i / 10.0)),
              evaluation.job().architecture().phenotype()));
    }
    RunFacts facts =
        new RunFacts(
            0,
            Map.of("surrogate", "true", "evaluations", "9"),
            "plain",
            "genetic",
            "accuracy",
            "data",
            new RunFacts.Digests("a", Optional.empty(), Optional.empty()),
            100,
            OptionalInt.of(1000),
            "0",
            "0",
            1,
            1,
            Optional.empty());
    return new StoredRun(
        new RunDirectory(Path.of("run")), facts, evaluations, proposals, List.of());
  }

  @Test
  void networksThatNoModelChoseHaveNoPrediction() {
    assertEquals(
        List.of(
            new Predictions.Point(1, 0.1, 0.4),
            new Predictions.Point(2, 0.2, 0.6),
            new Predictions.Point(3, 0.3, 0.9)),
        Predictions.of(run()).points());
  }

  @Test
  void theLineFollowsTheFitterParent() {
    StoredRun run = run();
    List<String> names =
        run.evaluations().stream()
            .map(stored -> stored.evaluation().job().architecture().phenotype())
            .toList();
    List<AncestorLine.Step> steps = AncestorLine.ofBest(run).steps();
    assertEquals(
        List.of(names.get(3), names.get(2), names.get(0)),
        steps.stream().map(AncestorLine.Step::network).toList());
    assertEquals(
        List.of("crossover", "mutation", "random"),
        steps.stream().map(AncestorLine.Step::operator).toList());
    assertEquals(List.of(names.get(1), names.get(2)), steps.get(0).parents());
    assertEquals(List.of(), AncestorLine.of(run, "unknown").steps());
  }
}
