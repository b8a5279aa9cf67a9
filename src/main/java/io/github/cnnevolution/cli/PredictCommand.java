package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.PictureFile;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.network.Classifier;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.PredictionReport;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.Options;

/**
 * Says what a trained network takes pictures for. One that cannot be read gets a line on standard
 * error, and the others go on.
 */
final class PredictCommand implements Command {
  /** Pictures that go through the network together. */
  private static final int BATCH = 256;

  @Override
  public String name() {
    return "predict";
  }

  @Override
  public String summary() {
    return "Says what a trained network takes pictures for: five classes with probabilities.";
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
                "FILE",
                "best_model.pt of a run, or a model from its top/, with its JSON beside it (required)"))
        .addOption(
            Arguments.valued(
                "data",
                "DIR",
                "names of the classes: directory with class folders or with fine_label_names.txt (default: the names that the model was trained with)"))
        .addOption(Arguments.flag("json", "print one JSON object a line"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException {
    List<String> images = arguments.operands();
    Optional<Path> file = arguments.path("model");
    if (file.isEmpty() || images.isEmpty()) {
      throw new UsageException(
          "predict takes `--model FILE IMAGE...`, such as `predict --model runs/2026-11-24/best_model.pt cat.png`");
    }
    TrainedModel model = TrainedModel.ofFile(file.get());
    ClassNames names = names(arguments.text("data"), model);
    boolean complete = true;
    try (Network network = model.load(console)) {
      Classifier classifier = new Classifier(network, model.facts().normalization(), Devices.cpu());
      for (int from = 0; from < images.size(); from += BATCH) {
        List<String> some = images.subList(from, Math.min(from + BATCH, images.size()));
        complete &= predict(classifier, some, names, arguments.has("json"), console);
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

  /** Returns whether all could be read. */
  private static boolean predict(
      Classifier classifier,
      List<String> names,
      ClassNames classes,
      boolean json,
      Console console) {
    List<String> readable = new ArrayList<>();
    byte[] pixels = new byte[names.size() * ImageSet.PIXELS];
    for (String name : names) {
      try {
        byte[] picture = PictureFile.read(Path.of(name));
        System.arraycopy(picture, 0, pixels, readable.size() * ImageSet.PIXELS, picture.length);
        readable.add(name);
      } catch (IOException | InvalidPathException e) {
        console
            .err()
            .println(Application.PROGRAM + ": " + MessageLine.of(name + ": " + e.getMessage()));
      }
    }
    if (!readable.isEmpty()) {
      ImageSet images = new ImageSet(pixels, new byte[names.size()]).first(readable.size());
      List<float[]> probabilities = classifier.probabilities(images);
      ClassNames shown = new ClassNames(classes.names().stream().map(MessageLine::of).toList());
      for (int i = 0; i < readable.size(); i++) {
        console
            .out()
            .println(
                json
                    ? PredictionReport.json(readable.get(i), probabilities.get(i), classes)
                    : PredictionReport.text(
                        MessageLine.of(readable.get(i)), probabilities.get(i), shown));
      }
      console.out().flush();
    }
    return readable.size() == names.size();
  }
}
