package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.Export;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.TrainedModel;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.CsvReport;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Options;

/** Exports the evaluations of a run, or its best model, for other programs. */
final class ExportCommand implements Command {
  private static final String PYTHON = "python";
  private static final String TORCHSCRIPT = "torchscript";
  private static final String ONNX = "onnx";
  private static final List<String> FORMATS = List.of(PYTHON, TORCHSCRIPT, ONNX);

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String summary() {
    return "Exports all evaluations of a run as CSV, or its best model for Python, TorchScript or ONNX.";
  }

  @Override
  public String operands() {
    return "[DIR]";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(
            Arguments.flag("csv", "the evaluations as comma-separated values (RFC 4180), in UTF-8"))
        .addOption(
            Arguments.valued(
                "format",
                "FORMAT",
                "the best model: python (source of the network, which loads best_model.pt), torchscript or onnx (network and weights)"))
        .addOption(
            Arguments.valued(
                "model",
                "FILE",
                "best_model.pt, or a model from a run's top/ or front/, with its JSON beside it; replaces the run directory"))
        .addOption(
            Arguments.flag(
                "normalize", "the exported network takes raw images and normalises them itself"))
        .addOption(
            Arguments.valued(
                "out", "FILE", "new file (default: standard output, for CSV and Python)"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, IOException {
    if (arguments.has("csv") == arguments.isGiven("format")) {
      throw new UsageException(
          Text.format(
              "export takes `--csv DIR`, or `--format %s` with DIR or `--model best_model.pt`, such as `export --csv runs/2026-11-24`",
              String.join("|", FORMATS)));
    }
    Optional<Path> out = arguments.newFile("out");
    return arguments.has("csv") ? csv(arguments, out, console) : model(arguments, out, console);
  }

  private static int csv(Arguments arguments, Optional<Path> out, Console console)
      throws UsageException, IOException {
    if (arguments.operands().size() != 1
        || arguments.isGiven("model")
        || arguments.isGiven("normalize")) {
      throw new UsageException(
          "export takes `--csv DIR` with --out alone, such as `export --csv runs/2026-11-24`");
    }
    Path database = RunsCommand.run(RunsCommand.directory(arguments.operands().get(0))).database();
    if (out.isPresent()) {
      AtomicFile.write(out.get(), stream -> CsvReport.write(database, stream));
    } else {
      CsvReport.write(database, console.out());
      console.out().flush();
    }
    return ExitCode.OK;
  }

  private static int model(Arguments arguments, Optional<Path> out, Console console)
      throws UsageException, IOException {
    String format = arguments.text("format").orElseThrow();
    if (!FORMATS.contains(format)) {
      throw new UsageException(
          Text.format("--format '%s' must be one of %s", format, String.join(", ", FORMATS)));
    }
    if (out.isEmpty() && !format.equals(PYTHON)) {
      throw new UsageException(
          Text.format("--format %s: the format is binary; name a file with --out", format));
    }
    Optional<Path> file = arguments.path("model");
    if (arguments.operands().size() + (file.isPresent() ? 1 : 0) != 1) {
      throw new UsageException(
          Text.format("--format %s: name one run directory, or its model with --model", format));
    }
    TrainedModel model =
        file.isPresent()
            ? TrainedModel.ofFile(file.get())
            : TrainedModel.ofRun(RunsCommand.directory(arguments.operands().get(0)));
    boolean normalizes = arguments.has("normalize");
    if (format.equals(PYTHON)) {
      String source = Export.python(model, normalizes);
      if (out.isPresent()) {
        AtomicFile.write(
            out.get(), stream -> stream.write(source.getBytes(StandardCharsets.UTF_8)));
      } else {
        console.out().print(source);
        console.out().flush();
      }
      return ExitCode.OK;
    }
    LibTorch.prepare();
    if (format.equals(ONNX)) {
      Export.onnx(model, normalizes, out.orElseThrow());
    } else {
      Export.torchScript(model, normalizes, out.orElseThrow());
    }
    return ExitCode.OK;
  }
}
