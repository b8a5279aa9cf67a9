package io.github.cnnevolution.cli;

import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.PageData;
import io.github.cnnevolution.report.RunPage;
import io.github.cnnevolution.report.RunTables;
import io.github.cnnevolution.report.TrainingPage;
import io.github.cnnevolution.report.TrainingTables;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Options;

/**
 * Writes the page of a stored run, or one that compares several. Needs neither LibTorch nor data,
 * and may read a run in progress.
 */
final class ReportCommand implements Command {
  @Override
  public String name() {
    return "report";
  }

  @Override
  public String summary() {
    return "Writes the page of a run, report.html, or one that compares several runs.";
  }

  @Override
  public String operands() {
    return "DIR...";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(
            Arguments.valued(
                "out",
                "FILE",
                "file of the page (default: report.html in the run's directory; for several runs, in the current directory)"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, IOException {
    List<String> operands = arguments.operands();
    if (operands.isEmpty()) {
      throw new UsageException(
          "report takes run directories, such as `report runs/2026-11-24-070523`; `runs list DIR` shows them");
    }
    Optional<Path> out = arguments.newFile("out");
    if (operands.size() == 1) {
      RunDirectory directory = new RunDirectory(RunsCommand.directory(operands.get(0)));
      if (RunTables.isTraining(directory)) {
        TrainingTables training = RunsCommand.training(directory.path());
        Path file = out.orElse(directory.report());
        byte[] page = TrainingPage.bytes(training.run(), training.state(), directory);
        AtomicFile.write(file, stream -> stream.write(page));
        console.out().println("report  " + file);
        console.out().flush();
        return ExitCode.OK;
      }
    }
    List<StoredRun> runs = new ArrayList<>();
    for (String operand : operands) {
      runs.add(StoredRun.of(RunsCommand.run(RunsCommand.directory(operand))));
    }
    boolean one = runs.size() == 1;
    RunDirectory first = runs.get(0).directory();
    Path file = out.orElse(one ? first.report() : Path.of(RunDirectory.REPORT));
    if (out.isEmpty() && !one && Files.exists(file)) {
      throw new UsageException(
          Text.format(
              "%s: exists already and is not overwritten; name another file with --out", file));
    }
    PageData data = one ? PageData.of(runs.get(0)) : PageData.comparing(runs);
    byte[] page = RunPage.selfContained(data).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, stream -> stream.write(page));
    console.out().println("report  " + file);
    console.out().flush();
    return ExitCode.OK;
  }
}
