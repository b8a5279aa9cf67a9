package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.RunTables;
import io.github.cnnevolution.report.TrainingTables;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.cli.Options;

/** Lists stored runs or shows one. Needs neither LibTorch nor data, and changes nothing. */
final class RunsCommand implements Command {
  @Override
  public String name() {
    return "runs";
  }

  @Override
  public String summary() {
    return "Lists the runs and trainings below a directory, or shows one with all its results.";
  }

  @Override
  public String operands() {
    return "list DIR | show DIR";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(Arguments.flag("json", "print JSON; `list` prints one run per line"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, IOException {
    List<String> operands = arguments.operands();
    String what = operands.isEmpty() ? "" : operands.get(0);
    if (operands.size() != 2 || !(what.equals("list") || what.equals("show"))) {
      throw new UsageException(
          Text.format(
              "runs takes `list DIR` or `show DIR`, such as `runs list runs`, not '%s'",
              String.join(" ", operands)));
    }
    Path directory = directory(operands.get(1));
    boolean json = arguments.has("json");
    if (what.equals("show") && RunTables.isTraining(new RunDirectory(directory))) {
      TrainingTables report = training(directory);
      console.out().println(json ? report.json() : report.text());
      return ExitCode.OK;
    }
    if (what.equals("show")) {
      RunTables report = new RunTables(StoredRun.of(run(directory)));
      console.out().println(json ? report.json() : report.text());
      return ExitCode.OK;
    }
    List<RunDirectory> runs = below(directory);
    if (json) {
      runs.forEach(run -> console.out().println(RunTables.jsonLine(run)));
    } else {
      console
          .out()
          .println(runs.isEmpty() ? "no runs in " + directory : RunTables.list(directory, runs));
    }
    return ExitCode.OK;
  }

  /** Reads the training in a directory. */
  static TrainingTables training(Path directory) throws UsageException {
    try {
      return TrainingTables.of(new RunDirectory(directory));
    } catch (IOException e) {
      throw new UsageException(
          Text.format(
              "%s: training.json is not what a training leaves (%s)", directory, e.getMessage()));
    }
  }

  /** Reads the run in a directory. */
  static RunDirectory run(Path directory) throws UsageException {
    RunDirectory run = new RunDirectory(directory);
    if (!Files.exists(run.database())) {
      throw new UsageException(
          Text.format(
              "%s: no run here (no run.db); `runs list` shows the runs below a directory",
              directory));
    }
    return run;
  }

  /** Returns an existing directory. */
  static Path directory(String name) throws UsageException {
    try {
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Falls through: an invalid path is not a directory either.
    }
    throw new UsageException(Text.format("'%s' is not a directory", name));
  }

  private static List<RunDirectory> below(Path directory) throws IOException {
    List<Path> candidates = new ArrayList<>(List.of(directory));
    try (Stream<Path> entries = Files.list(directory)) {
      entries.sorted().forEach(candidates::add);
    }
    return candidates.stream()
        .map(RunDirectory::new)
        .filter(run -> Files.exists(run.database()) || Files.exists(run.training()))
        .toList();
  }
}
