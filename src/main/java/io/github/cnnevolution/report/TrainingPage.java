package io.github.cnnevolution.report;

import com.github.freva.asciitable.Column;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** A final training as a page with learning curves and as a table. */
public final class TrainingPage {
  private static final String NO_TEST = "none: no test images";

  private static final int DIGITS = 5;

  private TrainingPage() {}

  /**
   * Writes {@code report.html}. A failure is reported in one line and does not affect the training.
   */
  public static void write(
      TrainingRun run, RunState state, RunDirectory directory, Console console) {
    byte[] page = bytes(run, state, directory);
    try {
      AtomicFile.write(directory.report(), out -> out.write(page));
    } catch (ClosedByInterruptException e) {
      // The training is being stopped and writes the page at its end.
      return;
    } catch (IOException e) {
      console.err().println(e.getMessage() + "; the training continues");
    }
  }

  /** Returns the page as a file of its own. */
  public static byte[] bytes(TrainingRun run, RunState state, RunDirectory directory) {
    return RunPage.selfContained(data(run, state, directory)).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the document that the page shows. */
  static PageData data(TrainingRun run, RunState state, RunDirectory directory) {
    Architecture architecture = run.architecture();
    String title = directory.name();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("format", PageData.FORMAT);
    object.put("kind", "training");
    object.put("title", title);
    object.put("state", state.toString());
    object.put("generated", System.currentTimeMillis());
    object.put("created", run.createdMillis());
    object.put("data", run.data().name());
    object.put("bits", run.chromosome().bits());
    object.put("phenotype", architecture.phenotype());
    object.put("parameters", architecture.parameters());
    object.put("flops", architecture.flops());
    object.put("layers", architecture.layers().stream().map(PageLayers::row).toList());
    object.put("links", PageLayers.links(architecture));
    object.put("epochs", new RunOptions(run.options()).epochs());
    object.put("mean", value(run.mean()));
    object.put("deviation", value(run.std()));
    object.put("testImages", run.data().test());
    object.put("validationImages", run.data().validation());
    object.put("fewImages", WilsonInterval.FEW_IMAGES);
    object.put("chance", run.chance());
    object.put("validates", run.data().validation() > 0);
    putInterval(object, "test", single(run).flatMap(run::interval));
    OptionalDouble validation = validation(run);
    object.put("validation", value(validation));
    putInterval(
        object,
        "validation",
        single(run).flatMap(seed -> WilsonInterval.of(validation, run.data().validation())));
    object.put("seeds", run.seeds().stream().map(seed -> seed(run, seed)).toList());
    List<Object> next = next(run, directory);
    object.put("directory", directory.path().toString());
    object.put("model", !next.isEmpty());
    object.put("next", next);
    putConfusion(object, run);
    object.put("command", command(run));
    object.put("facts", facts(run, directory, state));
    return new PageData(title, object);
  }

  /** The one seed; several have an interval each, and their mean has a standard deviation. */
  private static Optional<TrainingRun.Seed> single(TrainingRun run) {
    return run.seeds().size() == 1 ? Optional.of(run.seeds().get(0)) : Optional.empty();
  }

  /** The mean over the seeds of the validation accuracy after their latest epoch. */
  private static OptionalDouble validation(TrainingRun run) {
    return run.seeds().stream()
        .map(TrainingPage::latest)
        .flatMap(Optional::stream)
        .map(EpochMetrics::validation)
        .flatMapToDouble(OptionalDouble::stream)
        .average();
  }

  private static Optional<EpochMetrics> latest(TrainingRun.Seed seed) {
    return seed.epochs().isEmpty()
        ? Optional.empty()
        : Optional.of(seed.epochs().get(seed.epochs().size() - 1));
  }

  private static void putInterval(
      Map<String, Object> object, String name, Optional<WilsonInterval> interval) {
    object.put(name + "Low", interval.map(i -> PageJson.rounded(i.low(), DIGITS)).orElse(null));
    object.put(name + "High", interval.map(i -> PageJson.rounded(i.high(), DIGITS)).orElse(null));
  }

  /** The matrix of the first seed that has one: that of the model which other commands take. */
  private static void putConfusion(Map<String, Object> object, TrainingRun run) {
    Optional<TrainingRun.Seed> measured =
        run.seeds().stream().filter(seed -> seed.confusion().isPresent()).findFirst();
    object.put("confusionSeed", measured.map(s -> String.valueOf(s.seed())).orElse(null));
    object.put(
        "confusion",
        measured
            .flatMap(TrainingRun.Seed::confusion)
            .map(matrix -> PageConfusion.of(run.data().classNames(), matrix))
            .orElse(null));
  }

  private static List<Object> next(TrainingRun run, RunDirectory directory) {
    return run.finished() && Files.exists(directory.bestModel())
        ? PageCommands.ofModel(directory)
        : List.of();
  }

  private static Map<String, Object> seed(TrainingRun run, TrainingRun.Seed seed) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("seed", String.valueOf(seed.seed()));
    object.put("test", value(seed.testAccuracy()));
    putInterval(object, "test", run.interval(seed));
    putInterval(
        object,
        "validation",
        WilsonInterval.of(
            latest(seed).map(EpochMetrics::validation).orElse(OptionalDouble.empty()),
            run.data().validation()));
    object.put("error", seed.error().orElse(null));
    object.put("loss", curve(seed, EpochMetrics::loss));
    object.put("training", curve(seed, EpochMetrics::accuracy));
    object.put(
        "validation",
        seed.epochs().stream().allMatch(e -> e.validation().isPresent())
            ? curve(seed, e -> e.validation().getAsDouble())
            : List.of());
    return object;
  }

  private static List<Double> curve(TrainingRun.Seed seed, Function<EpochMetrics, Double> value) {
    return seed.epochs().stream().map(e -> PageJson.rounded(value.apply(e), DIGITS)).toList();
  }

  private static Double value(OptionalDouble number) {
    return number.isPresent() ? PageJson.rounded(number.getAsDouble(), DIGITS) : null;
  }

  private static String command(TrainingRun run) {
    return new RunOptions(run.options())
            .command("train " + run.chromosome().bits(), run.data().name(), ShellText::quoted)
        + " --out DIR";
  }

  private static List<Object> facts(TrainingRun run, RunDirectory directory, RunState state) {
    List<Object> groups = new ArrayList<>();
    groups.add(
        List.of(
            "Training",
            List.of(
                List.of("directory", directory.path().toString()),
                List.of("started", run.createdMillis()),
                List.of("state", state.toString()))));
    groups.add(
        List.of(
            "Options",
            run.options().entrySet().stream()
                .map(o -> List.of("--" + o.getKey(), o.getValue().isEmpty() ? "on" : o.getValue()))
                .toList()));
    groups.add(
        List.of(
            "Data set",
            List.of(
                List.of("name", run.data().name()),
                List.of("SHA-256, training", run.data().trainDigest()),
                List.of(
                    "SHA-256, test", run.data().test() == 0 ? NO_TEST : run.data().testDigest()),
                List.of("training images", String.valueOf(run.data().training())),
                List.of("validation images", String.valueOf(run.data().validation())),
                List.of("test images", String.valueOf(run.data().test())))));
    groups.add(
        List.of(
            "Versions",
            List.of(
                List.of("cnn-evolution", run.versions().getOrDefault("cnn-evolution", "")),
                List.of("LibTorch presets", run.versions().getOrDefault("pytorch", "")))));
    return groups;
  }

  /**
   * Returns the result of each seed, and what its accuracy is worth; for several seeds, also mean
   * and standard deviation.
   */
  public static String table(TrainingRun run) {
    boolean validated = run.data().validation() > 0;
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Tables.text("seed"),
                Tables.number("epochs"),
                Tables.number("loss"),
                Tables.number("training accuracy"),
                Tables.number("test accuracy")));
    if (validated) {
      columns.add(Tables.number("validation accuracy"));
    }
    columns.add(Tables.text("95 % interval"));
    List<Object[]> rows = new ArrayList<>();
    for (TrainingRun.Seed seed : run.seeds()) {
      rows.add(row(run, seed));
    }
    if (run.std().isPresent()) {
      Object[] row = new Object[columns.size()];
      Arrays.fill(row, "");
      row[0] = "mean";
      row[4] =
          Text.format(
              "%s +- %s",
              Percent.of(run.mean().orElseThrow()), Percent.of(run.std().getAsDouble()));
      rows.add(row);
    }
    return Tables.of(columns, rows) + note(run).map(System.lineSeparator()::concat).orElse("");
  }

  /** Who validates spares the test images, so that one of the accuracies has an interval. */
  private static Object[] row(TrainingRun run, TrainingRun.Seed seed) {
    Optional<EpochMetrics> last = latest(seed);
    List<Object> row =
        new ArrayList<>(
            List.of(
                seed.seed(),
                seed.epochs().size(),
                last.map(epoch -> Text.format("%.4f", epoch.loss())).orElse(""),
                last.map(epoch -> Percent.of(epoch.accuracy())).orElse(""),
                seed.error()
                    .map(reason -> "failed: " + reason)
                    .orElse(
                        seed.testAccuracy().isPresent()
                            ? Percent.of(seed.testAccuracy().getAsDouble())
                            : run.data().test() == 0 ? NO_TEST : notMeasured(run))));
    int images = run.data().test();
    Optional<WilsonInterval> interval = run.interval(seed);
    if (run.data().validation() > 0) {
      OptionalDouble validation = last.map(EpochMetrics::validation).orElse(OptionalDouble.empty());
      row.add(validation.isPresent() ? Percent.of(validation.getAsDouble()) : "");
      images = run.data().validation();
      interval = WilsonInterval.of(validation, images);
    }
    int measuredOn = images;
    row.add(interval.map(ends -> AccuracyNotes.percent(ends, measuredOn)).orElse(""));
    return row.toArray();
  }

  /** What the accuracies below the table are; empty before one is measured. */
  private static Optional<String> note(TrainingRun run) {
    if (run.data().validation() > 0) {
      return Optional.of(
          AccuracyNotes.accuracy("validation", run.data().validation(), run.chance()));
    }
    return run.mean().isPresent()
        ? Optional.of(AccuracyNotes.accuracy("test", run.data().test(), run.chance()))
        : Optional.empty();
  }

  private static String notMeasured(TrainingRun run) {
    return run.options().containsKey("validate") ? "not measured: --validate" : "not measured";
  }
}
