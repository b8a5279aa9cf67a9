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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    object.put("seeds", run.seeds().stream().map(TrainingPage::seed).toList());
    object.put("command", command(run));
    object.put("facts", facts(run, directory, state));
    return new PageData(title, PageJson.of(object));
  }

  private static Map<String, Object> seed(TrainingRun.Seed seed) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("seed", String.valueOf(seed.seed()));
    object.put("test", value(seed.testAccuracy()));
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

  /** Returns the result of each seed; for several seeds, also mean and standard deviation. */
  public static String table(TrainingRun run) {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Tables.text("seed"),
                Tables.number("epochs"),
                Tables.number("loss"),
                Tables.number("training accuracy"),
                Tables.number("test accuracy")));
    boolean validated = run.data().validation() > 0;
    if (validated) {
      columns.add(Tables.number("validation accuracy"));
      columns.add(Tables.text("95 % interval"));
    }
    List<Object[]> rows = new ArrayList<>();
    for (TrainingRun.Seed seed : run.seeds()) {
      boolean any = !seed.epochs().isEmpty();
      EpochMetrics last = any ? seed.epochs().get(seed.epochs().size() - 1) : null;
      rows.add(
          new Object[] {
            seed.seed(),
            seed.epochs().size(),
            any ? Text.format("%.4f", last.loss()) : "",
            any ? Percent.of(last.accuracy()) : "",
            seed.error()
                .map(reason -> "failed: " + reason)
                .orElse(
                    seed.testAccuracy().isPresent()
                        ? Percent.of(seed.testAccuracy().getAsDouble())
                        : run.data().test() == 0 ? NO_TEST : notMeasured(run))
          });
      if (validated) {
        Object[] row = rows.get(rows.size() - 1);
        rows.set(rows.size() - 1, withValidation(row, seed, run.data().validation()));
      }
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
    String table = Tables.of(columns, rows);
    return validated
        ? AccuracyNotes.few(run.data().validation())
            .map(warning -> table + System.lineSeparator() + "warning: " + warning)
            .orElse(table)
        : table;
  }

  private static String notMeasured(TrainingRun run) {
    return run.options().containsKey("validate") ? "not measured: --validate" : "not measured";
  }

  /** Returns a row with the validation accuracy of the last epoch and its interval. */
  private static Object[] withValidation(Object[] row, TrainingRun.Seed seed, int images) {
    OptionalDouble last =
        seed.epochs().isEmpty()
            ? OptionalDouble.empty()
            : seed.epochs().get(seed.epochs().size() - 1).validation();
    Object[] longer = Arrays.copyOf(row, row.length + 2);
    longer[row.length] = last.isPresent() ? Percent.of(last.getAsDouble()) : "";
    longer[row.length + 1] =
        last.isPresent()
            ? Text.format(
                "%s on %,d images",
                AccuracyNotes.percent(WilsonInterval.of(last.getAsDouble(), images)), images)
            : "";
    return longer;
  }
}
