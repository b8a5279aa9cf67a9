package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.FrontGoals;
import io.github.cnnevolution.run.FrontNetwork;
import io.github.cnnevolution.run.KeptModels;
import io.github.cnnevolution.run.KeptNetwork;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The kept models of a search and what is said about them, in files. */
final class SearchFiles {
  private SearchFiles() {}

  /** The best networks among those that the store knows, of a run with one objective. */
  static KeptModels models(RunDirectory directory, int topK, EvaluationStore store) {
    return models(directory, topK, Optional.empty(), store);
  }

  /** The best networks among those that the store knows, and the front. */
  static KeptModels models(RunDirectory directory, SearchSettings settings, EvaluationStore store) {
    return models(directory, settings.topK(), settings.objectives().goals(), store);
  }

  private static KeptModels models(
      RunDirectory directory, int topK, Optional<FrontGoals> goals, EvaluationStore store) {
    KeptModels models =
        new KeptModels(directory.bestModel(), directory.top(), topK, directory.front(), goals);
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
    return !models.evaluations().isEmpty()
        && models.front().stream()
            .allMatch(member -> Files.exists(RunDirectory.facts(models.frontModel(member))));
  }

  /**
   * Writes what is said about the networks whose weights are on disk, and about the best in any
   * case.
   *
   * @throws UncheckedIOException if a file cannot be written
   */
  static void write(RunSummary summary, KeptModels models, RunDirectory directory) {
    try {
      List<Evaluation> kept = models.fittest();
      for (int i = 1; i < kept.size(); i++) {
        if (models.isOnDisk(kept.get(i))) {
          new KeptNetwork(
                  i + 1, kept.get(i), summary.interval(kept.get(i)), summary.seed(), summary.data())
              .write(RunDirectory.facts(models.file(kept.get(i))));
        }
      }
      for (Evaluation member : models.front()) {
        if (models.isOnDisk(member)) {
          new FrontNetwork(member, summary).write(RunDirectory.facts(models.frontModel(member)));
        }
      }
      summary.write(directory.bestChromosome());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
