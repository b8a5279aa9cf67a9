package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Evaluations of given chromosomes, one per line. */
public final class EvaluationReport {
  private EvaluationReport() {}

  /** The header of {@link #row}. */
  public static String header() {
    return Text.format(
        "%-20s  %-20s  %11s  %14s  %8s  %-13s  %8s  %9s  %9s",
        "chromosome",
        "network",
        "parameters",
        "flops",
        "fitness",
        "95 % interval",
        "test",
        "train s",
        "images/s");
  }

  /** Returns what the fitness is, in one line. */
  public static String fitness(int validationImages, int classes) {
    return AccuracyNotes.fitness(validationImages, classes);
  }

  private static Optional<WilsonInterval> interval(Evaluation evaluation, int validationImages) {
    return evaluation.isFailed()
        ? Optional.empty()
        : Optional.of(WilsonInterval.of(evaluation.fitness(), validationImages));
  }

  /**
   * Returns one evaluation as text; a failed one shows its reason.
   *
   * @param validationImages that the fitness, an accuracy, was measured on
   */
  public static String row(Chromosome chromosome, Evaluation evaluation, int validationImages) {
    Architecture architecture = evaluation.job().architecture();
    String test =
        evaluation.testAccuracy().isPresent()
            ? Text.format("%.4f", evaluation.testAccuracy().getAsDouble())
            : "";
    String row =
        Text.format(
            "%-20s  %-20s  %,11d  %,14d  %8s  %-13s  %8s  %9s  %9s",
            chromosome,
            architecture.phenotype(),
            architecture.parameters(),
            architecture.flops(),
            Text.format("%.4f", evaluation.fitness()),
            interval(evaluation, validationImages).map(AccuracyNotes::fractions).orElse(""),
            test,
            evaluation.isFailed() ? "" : Text.format("%.2f", evaluation.trainSeconds()),
            evaluation.isFailed() ? "" : Text.format("%.1f", evaluation.imagesPerSecond()));
    String parts =
        evaluation.microBatches() == 1
            ? ""
            : Text.format("  in %d parts", evaluation.microBatches());
    return row + parts + evaluation.error().map(reason -> "  " + reason).orElse("");
  }

  /**
   * Returns one evaluation as JSON, on one line.
   *
   * @param validationImages that the fitness, an accuracy, was measured on
   * @param withTest whether {@code test_accuracy} is among the keys
   */
  public static String json(
      Chromosome chromosome, Evaluation evaluation, int validationImages, boolean withTest) {
    Architecture architecture = evaluation.job().architecture();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome.bits());
    object.put("phenotype", architecture.phenotype());
    object.put("parameters", architecture.parameters());
    object.put("flops", architecture.flops());
    object.put("fitness", evaluation.fitness());
    Optional<WilsonInterval> interval = interval(evaluation, validationImages);
    RunSummary.putInterval(object, interval);
    object.put("validation_images", validationImages);
    object.put("chance", 1.0 / architecture.classes());
    if (withTest) {
      object.put(
          "test_accuracy",
          evaluation.testAccuracy().isPresent() ? evaluation.testAccuracy().getAsDouble() : null);
    }
    boolean failed = evaluation.isFailed();
    object.put("train_seconds", failed ? null : (Double) evaluation.trainSeconds());
    object.put("images_per_second", failed ? null : (Double) evaluation.imagesPerSecond());
    object.put("micro_batches", evaluation.microBatches());
    object.put("error", evaluation.error().orElse(null));
    return Json.line(object);
  }
}
