package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A network that a run keeps beside its best one: what {@link ModelFacts} needs to use it, and
 * nothing that another number of workers or an interruption would change.
 *
 * @param rank among the networks of the run; 1 is the best
 * @param evaluation of the network
 * @param interval of its fitness, if that is an accuracy
 * @param seed of the run
 * @param data that the network was trained on
 */
public record KeptNetwork(
    int rank,
    Evaluation evaluation,
    Optional<WilsonInterval> interval,
    long seed,
    RunSummary.Data data) {
  /**
   * Writes the file beside its weights.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rank", rank);
    object.put("chromosome", evaluation.job().chromosome().bits());
    object.put("fitness", evaluation.fitness());
    RunSummary.putInterval(object, "fitness", interval);
    // The test images are for one network a run.
    object.put("test_accuracy", null);
    object.put("architecture", ArchitectureFacts.of(evaluation.job().architecture()));
    object.put("seed", seed);
    object.put("data", data.object());
    object.put("versions", Versions.all());
    Json.write(file, object);
  }
}
