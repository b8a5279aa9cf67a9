package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.OptimizerKind;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What executors must know of a search to train its candidates as this machine would.
 *
 * @param options settings as a run stores them
 * @param space the name of the search space
 * @param definition of the space, as a run stores it
 * @param versions of the program and its libraries, which executors must have too
 * @param data SHA-256 of the data set, which executors must have too; empty: not known yet
 * @param device kind and model that executors must have; empty: not known yet
 * @param rung epochs after which trainings are evaluated; 0: they are evaluated at their end
 */
record ClusterSpec(
    Map<String, String> options,
    String space,
    String definition,
    String versions,
    String data,
    String device,
    int rung)
    implements Serializable {
  /** Copies the options in their order. */
  ClusterSpec {
    options = new LinkedHashMap<>(options);
  }

  /**
   * What is known before any executor is.
   *
   * @param workers candidates that an executor trains at the same time
   * @throws SettingException if a part of the search is Java of the program's own
   */
  static ClusterSpec of(SearchSettings settings, int workers) {
    SearchSpace space = settings.space();
    String definition = SpaceFile.text(space);
    if (definition.isEmpty() && !SpaceFile.builtIn().names().contains(space.name())) {
      throw notSent("space", space.name());
    }
    if (!settings.fitness().equals(FitnessFunction.ACCURACY)) {
      throw notSent("fitness", settings.fitness().name());
    }
    CandidateSettings training = settings.training();
    Map<String, String> options =
        StoredSettings.of(
            settings,
            training.recipe(OptimizerKind.of(space), training.precision().orElse(Precision.FP32)),
            training.gpu().cudaGraphs());
    if (training.precision().isEmpty()) {
      options.remove("precision");
    }
    options.put(RunOptions.CUDA_GRAPHS, training.gpu().cudaGraphs().toString());
    options.put("workers", String.valueOf(workers));
    return new ClusterSpec(options, space.name(), definition, Versions.summary(), "", "", 0);
  }

  private static SettingException notSent(String setting, String name) {
    return new SettingException(
        setting,
        name,
        "is Java of your own, which is not sent to the executors of a cluster; train on this machine");
  }

  /**
   * What is known when the first executor has said what it has.
   *
   * @param chosen what the first executor has chosen
   */
  ClusterSpec with(ClusterDevices chosen, String dataDigest) {
    Map<String, String> complete = new LinkedHashMap<>(options);
    complete.put("precision", chosen.precision().toString());
    complete.put(RunOptions.CUDA_GRAPHS, chosen.graphs().toString());
    return new ClusterSpec(complete, space, definition, versions, dataDigest, chosen.model(), rung);
  }

  /** The same search, whose trainings are evaluated after so many epochs too. */
  ClusterSpec withRung(int epochs) {
    return new ClusterSpec(options, space, definition, versions, data, device, epochs);
  }

  /** The search space. */
  SearchSpace searchSpace() {
    return SpaceFile.space(definition, space, SpaceFile.builtIn());
  }

  /**
   * The settings for an executor.
   *
   * @param gpus that the cluster gave it; empty: none
   */
  CandidateSettings settings(Optional<List<Integer>> gpus) {
    Map<String, String> own = new LinkedHashMap<>(options);
    String workers = own.remove("workers");
    own.remove("gpus");
    own.remove("workers_per_gpu");
    own.remove("reuse");
    own.put(gpus.isPresent() ? "workers_per_gpu" : "workers", workers);
    own.put(
        "gpus",
        gpus.map(list -> String.join(",", list.stream().map(String::valueOf).toList()))
            .orElse("none"));
    return StoredSettings.search(own, searchSpace()).build().training();
  }

  /**
   * Refuses an executor with another program.
   *
   * @param executor its name
   */
  void checkVersions(String executor) {
    if (!versions.equals(Versions.summary())) {
      throw new ClusterRefusalException(
          Text.format(
              "executor %s has %s, but this is %s; give all machines the same jar",
              executor, Versions.summary(), versions));
    }
  }
}
