package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.run.ModelFacts;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model that a run has left: the weights, and beside them the facts that say of which network.
 *
 * @param weights the file of the weights
 * @param facts from {@code best_chromosome.json}, or from the JSON with the name of the weights
 */
public record TrainedModel(Path weights, ModelFacts facts) {
  /**
   * Finds a model by its weights; its facts have its name, or that of the best's. For the directory
   * of a run, this is its best model.
   *
   * @throws ModelException if there is no such model
   * @throws SettingException if the path is no file
   */
  public static TrainedModel ofFile(Path weights) {
    if (Files.isDirectory(weights)) {
      return ofRun(weights);
    }
    Path directory = weights.toAbsolutePath().getParent();
    if (directory == null) {
      throw new SettingException("model", weights, "is no file");
    }
    Path own = RunDirectory.facts(weights);
    return of(weights, Files.exists(own) ? own : new RunDirectory(directory).bestChromosome());
  }

  /**
   * Finds the best model of a run.
   *
   * @throws ModelException if there is none
   */
  public static TrainedModel ofRun(Path directory) {
    RunDirectory run = new RunDirectory(directory);
    return of(run.bestModel(), run.bestChromosome());
  }

  private static TrainedModel of(Path weights, Path facts) {
    if (!Files.isRegularFile(weights)) {
      throw new ModelException(
          Text.format(
              "%s: there is no such file; name a model of a run, such as its best_model.pt",
              weights));
    }
    if (!Files.exists(facts)) {
      throw new ModelException(
          Text.format(
              "%s: missing; it lies beside the model and says of which network that is (in top/ and front/ the .json of the same name does): copy it from the run's directory too",
              facts));
    }
    try {
      return new TrainedModel(weights, ModelFacts.read(facts, SpaceFile.builtIn()));
    } catch (IOException e) {
      throw new ModelException(
          Text.format(
              "%s: is not what a run leaves beside a model (%s); copy it from the run's directory",
              facts, e.getMessage()));
    }
  }

  /**
   * Builds the network with its weights on the processor. The caller closes it.
   *
   * @throws ModelException if the weights cannot be read
   */
  Network load() {
    LibTorch.requirePrepared();
    Network network = new Network(facts.architecture(), Devices.cpu(), 0);
    try (Weights read = Weights.read(weights, network)) {
      read.copyTo(network);
      return network;
    } catch (IOException e) {
      network.close();
      throw new ModelException(
          Text.format(
              "%s: cannot be read (%s); it needs the model that the run left together with the JSON beside it",
              weights, e.getMessage()));
    }
  }
}
