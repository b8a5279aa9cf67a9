package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.StagedSpace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A run whose space grows, and whose candidates are not trained, but take a random time and have a
 * result that follows from their network. The main method is that of a process which can be killed:
 * it goes on with a run and prints a line for each result.
 */
final class GrownRun {
  private static final int LONGEST_NANOS = 2_000_000;
  private static final String BEFORE =
      """
      {"name": "mine", "stages": 2, "fixed": {"se_ratio": 4, "group_width": 8},
       "genes": [
        {"name": "block", "values": ["plain", "residual"]},
        {"name": "width", "values": [8, 16]},
        {"name": "blocks1", "values": [1, 2]},
        {"name": "blocks2", "values": [1, 2]},
        {"name": "se", "values": ["off", "on"]}]}""";
  private static final String AFTER =
      BEFORE
          .replace("[8, 16]", "[8, 16, 4]")
          .replace(
              "\"on\"]}", "\"on\"]}, {\"name\": \"dropout\", \"values\": [\"as before\", 0.25]}");

  private GrownRun() {}

  /** Takes the directory and the number of workers. */
  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    int workers = Integer.parseInt(arguments[1]);
    try (Search search =
        Search.resume(
            Path.of(arguments[0]),
            builder -> builder.workers(workers).evaluators(any -> drawn(any, true)),
            SearchListener.NONE)) {
      search.run();
    }
  }

  static StagedSpace before() {
    return space(BEFORE);
  }

  static StagedSpace after() {
    return space(AFTER);
  }

  private static StagedSpace space(String json) {
    return new StagedSpace(SpaceFile.definition(json.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Settings of a run in the space of before.
   *
   * @param algorithm its name, and what else it has, with spaces between
   * @param evaluations how many networks it proposes
   */
  static SearchSettings.Builder settings(Path directory, String algorithm, int evaluations) {
    List<String> words = List.of(algorithm.split(" ", -1));
    AlgorithmSettings named = AlgorithmSettings.of(words.get(0)).withEvaluations(evaluations);
    named = words.get(0).equals("genetic") ? named : named.withLookahead(4);
    named = words.contains("surrogate") ? named.withSurrogate() : named;
    named = words.contains("stops") ? named.withEarlyStopping() : named;
    return SearchSettings.builder()
        .space(before())
        .data("synthetic")
        .trainLimit(20)
        .epochs(2)
        .batchSize(20)
        .populationSize(6)
        .mutationRate(0.2)
        .seed(3)
        .workers(1)
        .builtIn(named)
        .objectives(
            words.contains("front")
                ? ObjectiveSettings.NONE.withObjectives("accuracy,flops")
                : ObjectiveSettings.NONE)
        .evaluators(any -> drawn(any, false))
        .directory(directory);
  }

  /** An evaluator that draws the result of a network from its name. */
  static CandidateEvaluator drawn(CandidateEvaluator real, boolean prints) {
    return new CandidateEvaluator() {
      @Override
      public Evaluation evaluate(EvaluationJob job, String worker, int microBatches) {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(LONGEST_NANOS));
        int seed = job.architecture().phenotype().hashCode() + (job.isPart() ? 1 : 0);
        Random dice = new Random(seed);
        Evaluation result =
            dice.nextInt(8) == 0
                ? Evaluation.failed(job, FailureKind.DIVERGED, "drawn", worker)
                : Evaluation.ofAccuracy(
                    job, dice.nextInt(100) / 100.0, List.of(), 1.5, 100, 1, worker);
        if (prints) {
          System.out.println(job.id());
          System.out.flush();
        }
        return result;
      }

      @Override
      public long memoryBytes(EvaluationJob job, int microBatches) {
        return real.memoryBytes(job, microBatches);
      }
    };
  }
}
