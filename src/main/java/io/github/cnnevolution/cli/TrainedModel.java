package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.run.ModelFacts;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.space.SearchSpaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model that a run has left: the weights, and beside them the facts that say of which network.
 *
 * @param weights the file of the weights
 * @param facts from {@code best_chromosome.json}, or from the JSON with the name of the weights
 */
record TrainedModel(Path weights, ModelFacts facts) {
  /** The model that {@code --model} names; its facts have its name, or that of the best's. */
  static TrainedModel ofFile(Path weights) throws UsageException {
    Path directory = weights.toAbsolutePath().getParent();
    if (directory == null) {
      throw new UsageException("--model %s: is no file".formatted(weights));
    }
    Path own = RunDirectory.facts(weights);
    return of(weights, Files.exists(own) ? own : new RunDirectory(directory).bestChromosome());
  }

  /** The best model of a run. */
  static TrainedModel ofRun(String name) throws UsageException {
    RunDirectory run = new RunDirectory(RunsCommand.directory(name));
    return of(run.bestModel(), run.bestChromosome());
  }

  private static TrainedModel of(Path weights, Path facts) throws UsageException {
    if (!Files.isRegularFile(weights)) {
      throw new UsageException(
          "%s: there is no such file; name a model of a run, such as its best_model.pt"
              .formatted(weights));
    }
    if (!Files.exists(facts)) {
      throw new UsageException(
          "%s: missing; it lies beside the model and says of which network that is (in top/ the .json of the same name does): copy it from the run's directory too"
              .formatted(facts));
    }
    try {
      return new TrainedModel(weights, ModelFacts.read(facts, SearchSpaces.builtIn()));
    } catch (IOException e) {
      throw new UsageException(
          "%s: is not what a run leaves beside a model (%s); copy it from the run's directory"
              .formatted(facts, e.getMessage()));
    }
  }

  /** The network with its weights, on the processor. Whoever calls this closes it. */
  Network load(Console console) throws UsageException {
    NativeRuntime.load(1).ifPresent(console.err()::println);
    Network network = new Network(facts.architecture(), Devices.cpu(), 0);
    try (Weights read = Weights.read(weights, network)) {
      read.copyTo(network);
      return network;
    } catch (IOException e) {
      network.close();
      throw new UsageException(
          "%s: cannot be read (%s); it needs the model that the run left together with the JSON beside it"
              .formatted(weights, e.getMessage()));
    }
  }
}
