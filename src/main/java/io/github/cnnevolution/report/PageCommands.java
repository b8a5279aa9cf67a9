package io.github.cnnevolution.report;

import io.github.cnnevolution.run.RunDirectory;
import java.util.List;

/** What to do next with a network, as a page shows it: a title and a command each. */
final class PageCommands {
  private static final String JAVA = "java -jar cnn-evolution.jar ";

  private PageCommands() {}

  /** Returns the commands for the best network of a search. */
  static List<Object> ofSearch(RunDirectory directory) {
    return List.of(
        command("Train it to the end", "train --best " + path(directory)),
        predict(directory),
        export(directory));
  }

  /** Returns the commands for a model that is trained to the end. */
  static List<Object> ofModel(RunDirectory directory) {
    return List.of(predict(directory), export(directory));
  }

  private static Object predict(RunDirectory directory) {
    return command(
        "Classify pictures",
        "predict --model " + ShellText.quoted(directory.bestModel().toString()) + " picture.jpg");
  }

  private static Object export(RunDirectory directory) {
    return command("Export it", "export --format onnx " + path(directory) + " --out network.onnx");
  }

  private static String path(RunDirectory directory) {
    return ShellText.quoted(directory.path().toString());
  }

  private static Object command(String title, String arguments) {
    return List.of(title, JAVA + arguments);
  }
}
