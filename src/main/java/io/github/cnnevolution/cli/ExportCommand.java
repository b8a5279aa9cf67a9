package io.github.cnnevolution.cli;

import io.github.cnnevolution.evaluation.EvaluationStore;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.CsvReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.Options;

/** Writes the evaluations of a run for other programs. */
final class ExportCommand implements Command {
  @Override
  public String name() {
    return "export";
  }

  @Override
  public String summary() {
    return "Writes all evaluations of a run as CSV.";
  }

  @Override
  public String operands() {
    return "DIR";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(Arguments.flag("csv", "as comma-separated values (RFC 4180), in UTF-8"))
        .addOption(Arguments.valued("out", "FILE", "new file (default: standard output)"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, IOException {
    if (!arguments.has("csv") || arguments.operands().size() != 1) {
      throw new UsageException("export takes `--csv DIR`, such as `export --csv runs/2026-11-24`");
    }
    Path database = RunsCommand.run(RunsCommand.directory(arguments.operands().get(0))).database();
    Optional<Path> out = out(arguments);
    try (EvaluationStore store = EvaluationStore.openToRead(database)) {
      if (out.isPresent()) {
        AtomicFile.write(out.get(), stream -> CsvReport.write(store, stream));
      } else {
        CsvReport.write(store, console.out());
        console.out().flush();
      }
    }
    return ExitCode.OK;
  }

  private static Optional<Path> out(Arguments arguments) throws UsageException {
    Optional<String> name = arguments.text("out");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path path = Path.of(name.get());
      if (Files.exists(path)) {
        throw new UsageException(
            "--out %s: exists already and is not overwritten; name another file"
                .formatted(name.get()));
      }
      return Optional.of(path);
    } catch (InvalidPathException e) {
      throw new UsageException("--out %s: not a path: %s".formatted(name.get(), e.getReason()));
    }
  }
}
