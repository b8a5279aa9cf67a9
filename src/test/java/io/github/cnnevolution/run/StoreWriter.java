package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Candidates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A process that stores evaluations: arguments are the store, which is made if there is none, and
 * how many it shall have. Says each one that is stored in a line, so that a test knows what may not
 * be lost.
 */
public final class StoreWriter {
  private StoreWriter() {}

  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    try (EvaluationStore store =
        Files.exists(file)
            ? EvaluationStore.open(file)
            : EvaluationStore.create(file, Map.of("a", "1"))) {
      for (long i = store.size(); i < Long.parseLong(arguments[1]); i++) {
        StoredEvaluation evaluation = evaluation((int) i);
        store.started(evaluation.evaluation().job(), "cpu-0");
        store.append(evaluation);
        System.out.println("stored " + i);
        System.out.flush();
      }
    }
  }

  /** What it stores as its evaluation {@code i}. */
  public static StoredEvaluation evaluation(int i) {
    return Candidates.stored(i, 1 / (i + 2.0), "%064x".formatted(i));
  }
}
