package io.github.cnnevolution.run;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.space.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network of the front of a run, as JSON.
 *
 * @param evaluation of the network
 * @param summary of its run
 */
public record FrontNetwork(Evaluation evaluation, RunSummary summary) {
  /** Name and objectives, for a list. */
  Map<String, Object> row() {
    Architecture network = evaluation.job().architecture();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("network", network.phenotype());
    object.put("chromosome", evaluation.job().chromosome().bits());
    putObjectives(object);
    object.put("model", "front/" + network.phenotype() + ".pt");
    return object;
  }

  private void putObjectives(Map<String, Object> object) {
    Architecture network = evaluation.job().architecture();
    object.put("fitness", evaluation.fitness());
    RunSummary.putInterval(object, "fitness", summary.interval(evaluation));
    object.put("parameters", network.parameters());
    object.put("flops", network.flops());
    for (String name : new String[] {Evaluation.LATENCY, Evaluation.LATENCY_64}) {
      if (evaluation.objectives().containsKey(name)) {
        object.put(name + "_seconds", evaluation.objectives().get(name));
      }
    }
  }

  /**
   * Writes the file beside its weights.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", evaluation.job().chromosome().bits());
    putObjectives(object);
    // The test images are for one network a run.
    object.put(RunSummary.TEST_ACCURACY, null);
    object.put("architecture", ArchitectureFacts.of(evaluation.job().architecture()));
    object.put("seed", summary.seed());
    object.put("data", summary.data().object());
    summary.putSpace(object);
    object.put("use", use(evaluation.job().architecture().phenotype() + ".pt"));
    object.put("versions", Versions.all());
    Json.write(file, object);
  }

  /** Commands for the model, in its directory. */
  private static Map<String, String> use(String model) {
    String java = "java -jar cnn-evolution.jar ";
    Map<String, String> use = new LinkedHashMap<>();
    use.put("predict", java + "predict --model " + model + " picture.jpg");
    use.put("export", java + "export --format onnx --model " + model + " --out network.onnx");
    use.put("train", java + "train --best " + model + " --out DIR");
    use.put("python", "torch.load('" + model + "', weights_only=True)");
    return use;
  }
}
