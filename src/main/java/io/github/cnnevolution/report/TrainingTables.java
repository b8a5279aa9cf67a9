package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.files.DirectoryLock;
import io.github.cnnevolution.run.Json;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.RunSummary;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Final trainings as tables and as JSON, beside the runs of searches.
 *
 * @param directory of the training
 * @param run what its {@code training.json} says
 */
public record TrainingTables(RunDirectory directory, TrainingRun run) {
  /**
   * Reads the training in a directory.
   *
   * @throws IOException if it cannot be read
   */
  public static TrainingTables of(RunDirectory directory) throws IOException {
    return new TrainingTables(
        directory, TrainingRun.read(directory.training(), SpaceFile.builtIn()));
  }

  /** Returns where it stands. */
  public RunState state() {
    return run.finished()
        ? RunState.FINISHED
        : RunState.valueOf(DirectoryLock.state(directory.lock()).name());
  }

  private long failures() {
    return run.seeds().stream().filter(seed -> seed.error().isPresent()).count();
  }

  private int epochs() {
    return new RunOptions(run.options()).epochs();
  }

  /** The interval of the one test accuracy; several seeds have one each. */
  private Optional<WilsonInterval> interval() {
    return run.seeds().size() == 1 ? run.interval(run.seeds().get(0)) : Optional.empty();
  }

  private Map<String, Object> overview() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("directory", directory.path().toString());
    object.put("kind", "training");
    object.put("state", state().toString());
    object.put("started", Instant.ofEpochMilli(run.createdMillis()).toString());
    object.put("data", run.data().name());
    object.put("network", run.architecture().phenotype());
    object.put("chromosome", run.chromosome().bits());
    object.put("epochs", epochs());
    object.put("seeds", run.seeds().size());
    object.put("failures", failures());
    object.put(
        RunSummary.TEST_ACCURACY,
        run.mean().isPresent() ? (Object) run.mean().getAsDouble() : null);
    RunSummary.putInterval(object, RunSummary.TEST_ACCURACY, interval());
    object.put(
        "test_accuracy_std", run.std().isPresent() ? (Object) run.std().getAsDouble() : null);
    object.put("test_images", run.data().test());
    object.put("chance", run.chance());
    return object;
  }

  /** Returns the training without curves as JSON on one line. */
  public String jsonLine() {
    return Json.line(overview());
  }

  /** Returns the whole training as JSON. */
  public String json() {
    Map<String, Object> object = overview();
    object.put("options", new RunOptions(run.options()).typed());
    object.put("versions", run.versions());
    List<Object> rows = new ArrayList<>();
    for (TrainingRun.Seed seed : run.seeds()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("seed", seed.seed());
      row.put(
          RunSummary.TEST_ACCURACY,
          seed.testAccuracy().isPresent() ? (Object) seed.testAccuracy().getAsDouble() : null);
      RunSummary.putInterval(row, RunSummary.TEST_ACCURACY, run.interval(seed));
      row.put("error", seed.error().orElse(null));
      row.put("loss", seed.epochs().stream().map(epoch -> epoch.loss()).toList());
      row.put("accuracy", seed.epochs().stream().map(epoch -> epoch.accuracy()).toList());
      rows.add(row);
    }
    object.put("rows", rows);
    return Json.pretty(object);
  }

  /** Returns the training as text. */
  public String text() {
    List<Object[]> rows = new ArrayList<>();
    overview().forEach((name, value) -> rows.add(new Object[] {name, value == null ? "" : value}));
    run.options().forEach((name, value) -> rows.add(new Object[] {"--" + name, value}));
    String head = Tables.of(List.of(Tables.text("training"), Tables.text("")), rows);
    return head + System.lineSeparator() + System.lineSeparator() + TrainingPage.table(run);
  }

  /** Returns its row among those of {@link RunTables#list}. */
  Object[] row(String name) {
    return new Object[] {
      name,
      state(),
      Instant.ofEpochMilli(run.createdMillis()).truncatedTo(ChronoUnit.SECONDS),
      "training, " + Text.count(epochs(), "epoch"),
      run.seeds().size(),
      failures(),
      run.mean().isPresent() ? Text.format("test %.4f", run.mean().getAsDouble()) : "",
      interval().map(AccuracyNotes::fractions).orElse(""),
      run.mean().isPresent() ? String.valueOf(run.data().test()) : "",
      run.architecture().phenotype()
    };
  }
}
