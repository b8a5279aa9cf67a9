package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Prediction;
import io.github.cnnevolution.engine.TrainedModel;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.MessageLine;
import io.github.cnnevolution.report.PredictionReport;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Options;

/** Classifies pictures. Reports an unreadable picture on standard error and continues. */
final class PredictCommand implements Command {
  @Override
  public String name() {
    return "predict";
  }

  @Override
  public String summary() {
    return "Classifies pictures with a trained network; prints the top five classes.";
  }

  @Override
  public String operands() {
    return "IMAGE...";
  }

  @Override
  public Options options() {
    return new Options()
        .addOption(
            Arguments.valued(
                "model",
                "FILE|DIR",
                "best_model.pt of a run, or a model from its top/ or front/, with its JSON beside it; or the directory of a run or training, for its best model (required)"))
        .addOption(
            Arguments.valued(
                "data",
                "DIR",
                "directory with the class names: class folders or fine_label_names.txt (default: the class names in the model's JSON)"))
        .addOption(Arguments.flag("json", "print one JSON object per line"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException {
    List<String> images = arguments.operands();
    Optional<Path> file = arguments.path("model");
    if (file.isEmpty() || images.isEmpty()) {
      throw new UsageException(
          "predict takes `--model FILE IMAGE...`, such as `predict --model runs/2026-11-24 cat.png`");
    }
    TrainedModel model = TrainedModel.ofFile(file.get());
    ClassNames names = names(arguments.text("data"), model);
    boolean complete = true;
    List<Path> pictures = new ArrayList<>();
    for (String image : images) {
      try {
        pictures.add(Path.of(image));
      } catch (InvalidPathException e) {
        complete = false;
        printError(image, e.getReason(), console);
      }
    }
    LibTorch.prepare();
    try (Prediction prediction = Prediction.open(model)) {
      for (int from = 0; from < pictures.size(); from += Prediction.MAX_BATCH) {
        int to = Math.min(from + Prediction.MAX_BATCH, pictures.size());
        for (Prediction.Result result : prediction.classify(pictures.subList(from, to))) {
          complete &= print(result, names, arguments.has("json"), console);
        }
        console.out().flush();
      }
    }
    return complete ? ExitCode.OK : ExitCode.FAILED;
  }

  private static ClassNames names(Optional<String> data, TrainedModel model) throws UsageException {
    int count = model.facts().architecture().classes();
    if (data.isEmpty()) {
      return model.facts().classes();
    }
    return data.get().equals(DatasetLocator.SYNTHETIC)
        ? ClassNames.numbers(count)
        : ClassNames.read(RunsCommand.directory(data.get()), count);
  }

  /** Prints a result; returns whether the picture could be read. */
  private static boolean print(
      Prediction.Result result, ClassNames classes, boolean json, Console console) {
    String name = result.picture().toString();
    if (result.error().isPresent()) {
      printError(name, result.error().get(), console);
      return false;
    }
    float[] probabilities = result.probabilities().orElseThrow();
    ClassNames shown = new ClassNames(classes.names().stream().map(MessageLine::of).toList());
    console
        .out()
        .println(
            json
                ? PredictionReport.json(name, probabilities, classes)
                : PredictionReport.text(MessageLine.of(name), probabilities, shown));
    return true;
  }

  private static void printError(String name, String reason, Console console) {
    console.err().println(Application.PROGRAM + ": " + MessageLine.of(name + ": " + reason));
  }
}
