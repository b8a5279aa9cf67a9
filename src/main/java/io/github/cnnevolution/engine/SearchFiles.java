package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.KeptNetwork;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kept models of a search and what is said about them, in files. */
final class SearchFiles {
  private SearchFiles() {}

  /** The best networks among those that the store knows. */
  static KeptModels models(RunDirectory directory, int topK, EvaluationStore store) {
    KeptModels models = new KeptModels(directory.bestModel(), directory.top(), topK);
    store.forEach(stored -> models.register(stored.evaluation()));
    return models;
  }

  /** Whether everything that the best networks leave is there. */
  static boolean areComplete(KeptModels models) {
    for (Evaluation evaluation : models.evaluations()) {
      Path facts = RunDirectory.facts(models.file(evaluation));
      if (!models.isOnDisk(evaluation) || !Files.exists(facts)) {
        return false;
      }
    }
    return !models.evaluations().isEmpty();
  }

  /**
   * Writes what is said about the networks whose weights are on disk, and about the best in any
   * case.
   *
   * @throws UncheckedIOException if a file cannot be written
   */
  static void write(RunSummary summary, KeptModels models, RunDirectory directory) {
    try {
      List<Evaluation> kept = models.evaluations();
      for (int i = 1; i < kept.size(); i++) {
        if (models.isOnDisk(kept.get(i))) {
          new KeptNetwork(
                  i + 1, kept.get(i), summary.interval(kept.get(i)), summary.seed(), summary.data())
              .write(RunDirectory.facts(models.file(kept.get(i))));
        }
      }
      summary.write(directory.bestChromosome());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
