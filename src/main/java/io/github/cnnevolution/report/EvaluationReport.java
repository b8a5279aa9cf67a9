package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Evaluations of given chromosomes, one per line.
 *
 * @param validationImages that the fitness, an accuracy, is measured on
 * @param testImages that are measured too, 0 if there are none; empty unless that is asked for
 * @param classes how many classes the networks tell apart
 */
public record EvaluationReport(int validationImages, OptionalInt testImages, int classes) {
  /** The header of {@link #row}. */
  public String header() {
    return line(
        "chromosome",
        "network",
        "parameters",
        "flops",
        "fitness",
        "95 % interval",
        List.of("test", "95 % interval"),
        "train s",
        "images/s");
  }

  private String line(
      Object chromosome,
      String network,
      String parameters,
      String flops,
      String fitness,
      String interval,
      List<String> test,
      String seconds,
      String speed) {
    return Text.format(
        "%-20s  %-20s  %11s  %14s  %8s  %-13s  %s%9s  %9s",
        chromosome,
        network,
        parameters,
        flops,
        fitness,
        interval,
        testImages.isPresent() ? Text.format("%8s  %-13s  ", test.get(0), test.get(1)) : "",
        seconds,
        speed);
  }

  /** Returns what the accuracies are, in a line each. */
  public List<String> accuracies() {
    List<String> lines = new ArrayList<>();
    lines.add("fitness: " + AccuracyNotes.fitness(validationImages, classes));
    testImages.ifPresent(
        images ->
            lines.add(
                images == 0
                    ? "test: none: no test images"
                    : "test: " + AccuracyNotes.accuracy("test", images, 1.0 / classes)));
    return lines;
  }

  private Optional<WilsonInterval> interval(Evaluation evaluation) {
    return evaluation.isFailed()
        ? Optional.empty()
        : Optional.of(WilsonInterval.of(evaluation.fitness(), validationImages));
  }

  private Optional<WilsonInterval> testInterval(Evaluation evaluation) {
    return WilsonInterval.of(evaluation.testAccuracy(), testImages.orElse(0));
  }

  /** Returns one evaluation as text; a failed one shows its reason. */
  public String row(Chromosome chromosome, Evaluation evaluation) {
    Architecture architecture = evaluation.job().architecture();
    boolean failed = evaluation.isFailed();
    OptionalDouble test = evaluation.testAccuracy();
    String row =
        line(
            chromosome,
            architecture.phenotype(),
            Text.format("%,d", architecture.parameters()),
            Text.format("%,d", architecture.flops()),
            Text.format("%.4f", evaluation.fitness()),
            interval(evaluation).map(AccuracyNotes::fractions).orElse(""),
            List.of(
                test.isPresent() ? Text.format("%.4f", test.getAsDouble()) : "",
                testInterval(evaluation).map(AccuracyNotes::fractions).orElse("")),
            failed ? "" : Text.format("%.2f", evaluation.trainSeconds()),
            failed ? "" : Text.format("%.1f", evaluation.imagesPerSecond()));
    String parts =
        evaluation.microBatches() == 1
            ? ""
            : Text.format("  in %d parts", evaluation.microBatches());
    return row + parts + evaluation.error().map(reason -> "  " + reason).orElse("");
  }

  /** Returns one evaluation as JSON, on one line. */
  public String json(Chromosome chromosome, Evaluation evaluation) {
    Architecture architecture = evaluation.job().architecture();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome.bits());
    object.put("phenotype", architecture.phenotype());
    object.put("parameters", architecture.parameters());
    object.put("flops", architecture.flops());
    object.put("fitness", evaluation.fitness());
    RunSummary.putInterval(object, "fitness", interval(evaluation));
    object.put("validation_images", validationImages);
    object.put("chance", 1.0 / architecture.classes());
    if (testImages.isPresent()) {
      object.put(
          RunSummary.TEST_ACCURACY,
          evaluation.testAccuracy().isPresent() ? evaluation.testAccuracy().getAsDouble() : null);
      RunSummary.putInterval(object, RunSummary.TEST_ACCURACY, testInterval(evaluation));
      object.put("test_images", testImages.getAsInt());
    }
    boolean failed = evaluation.isFailed();
    object.put("train_seconds", failed ? null : (Double) evaluation.trainSeconds());
    object.put("images_per_second", failed ? null : (Double) evaluation.imagesPerSecond());
    object.put("micro_batches", evaluation.microBatches());
    object.put("error", evaluation.error().orElse(null));
    return Json.line(object);
  }
}
