package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.LinkedHashMap;
import java.util.Map;

/** Evaluations of given chromosomes, one per line. */
public final class EvaluationReport {
  private EvaluationReport() {}

  /** The header of {@link #row}. */
  public static String header() {
    return Text.format(
        "%-20s  %-20s  %11s  %14s  %8s  %8s  %9s  %9s",
        "chromosome", "network", "parameters", "flops", "fitness", "test", "train s", "images/s");
  }

  /** Returns one evaluation as text; a failed one shows its reason. */
  public static String row(Chromosome chromosome, Evaluation evaluation) {
    Architecture architecture = evaluation.job().architecture();
    String test =
        evaluation.testAccuracy().isPresent()
            ? Text.format("%.4f", evaluation.testAccuracy().getAsDouble())
            : "";
    String row =
        Text.format(
            "%-20s  %-20s  %,11d  %,14d  %8s  %8s  %9s  %9s",
            chromosome,
            architecture.phenotype(),
            architecture.parameters(),
            architecture.flops(),
            Text.format("%.4f", evaluation.fitness()),
            test,
            Text.format("%.2f", evaluation.trainSeconds()),
            Text.format("%.1f", evaluation.imagesPerSecond()));
    String parts =
        evaluation.microBatches() == 1
            ? ""
            : Text.format("  in %d parts", evaluation.microBatches());
    return row + parts + evaluation.error().map(reason -> "  " + reason).orElse("");
  }

  /**
   * Returns one evaluation as JSON, on one line.
   *
   * @param withTest whether {@code test_accuracy} is among the keys
   */
  public static String json(Chromosome chromosome, Evaluation evaluation, boolean withTest) {
    Architecture architecture = evaluation.job().architecture();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome.bits());
    object.put("phenotype", architecture.phenotype());
    object.put("parameters", architecture.parameters());
    object.put("flops", architecture.flops());
    object.put("fitness", evaluation.fitness());
    if (withTest) {
      object.put(
          "test_accuracy",
          evaluation.testAccuracy().isPresent() ? evaluation.testAccuracy().getAsDouble() : null);
    }
    object.put("train_seconds", evaluation.trainSeconds());
    object.put("images_per_second", evaluation.imagesPerSecond());
    object.put("micro_batches", evaluation.microBatches());
    object.put("error", evaluation.error().orElse(null));
    return Json.line(object);
  }
}
