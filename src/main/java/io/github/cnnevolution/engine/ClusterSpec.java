package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What executors must know to train networks as this machine would.
 *
 * @param options settings as a run stores them
 * @param java what no option says: the space, and Java of the program's own
 * @param versions of the program and its libraries, which executors must have too
 * @param data SHA-256 of the data set, which executors must have too; empty: not known yet
 * @param device kind and model that executors must have unless mixed devices may train; empty: not
 *     known yet
 * @param test whether candidates are measured on the test images too
 * @param rung epochs after which trainings are evaluated; 0: they are evaluated at their end
 */
record ClusterSpec(
    Map<String, String> options,
    SentJava java,
    String versions,
    String data,
    String device,
    boolean test,
    int rung)
    implements Serializable {
  /** Copies the options in their order. */
  ClusterSpec {
    options = new LinkedHashMap<>(options);
  }

  /**
   * What is known of trainings of candidates before any executor is.
   *
   * @param java the space, and Java of the program's own
   * @param objectives say whether latencies are measured
   * @param test whether candidates are measured on the test images too
   * @param workers candidates that an executor trains at the same time
   */
  static ClusterSpec of(
      CandidateSettings settings,
      SentJava java,
      ObjectiveSettings objectives,
      boolean test,
      int workers) {
    Map<String, String> options =
        StoredSettings.of(
            settings, known(settings, java.searchSpace()), settings.gpu().cudaGraphs());
    options.putAll(objectives.stored());
    return of(options, settings, java, test, workers);
  }

  /**
   * What is known of a final training before any executor is.
   *
   * @param workers trainings that an executor does at the same time
   * @throws SettingException if its space is Java of the program's own that cannot be sent
   */
  static ClusterSpec of(FinalTrainingSettings settings, SearchSpace space, int workers) {
    CandidateSettings training = settings.training();
    return of(
        StoredSettings.of(settings, known(training, space), training.gpu().cudaGraphs()),
        training,
        SentJava.of(space),
        false,
        workers);
  }

  private static TrainingRecipe known(CandidateSettings settings, SearchSpace space) {
    return settings.recipe(space, settings.precision().orElse(Precision.FP32));
  }

  private static ClusterSpec of(
      Map<String, String> options,
      CandidateSettings settings,
      SentJava java,
      boolean test,
      int workers) {
    if (settings.precision().isEmpty()) {
      options.remove("precision");
    }
    options.put(RunOptions.CUDA_GRAPHS, settings.gpu().cudaGraphs().toString());
    options.put("workers", String.valueOf(workers));
    return new ClusterSpec(options, java, Versions.summary(), "", "", test, 0);
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
    return new ClusterSpec(complete, java, versions, dataDigest, chosen.model(), test, rung);
  }

  /** The same search, whose trainings are evaluated after so many epochs too. */
  ClusterSpec withRung(int epochs) {
    return new ClusterSpec(options, java, versions, data, device, test, epochs);
  }

  /** The search space. */
  SearchSpace searchSpace() {
    return java.searchSpace();
  }

  /**
   * The settings of candidates for an executor.
   *
   * @param gpus that the cluster gave it; empty: none
   */
  CandidateSettings settings(Optional<List<Integer>> gpus) {
    return StoredSettings.candidates(own(gpus)).build();
  }

  /** What is measured of candidates. */
  ObjectiveSettings objectives() {
    return ObjectiveSettings.read(options);
  }

  /**
   * The settings of a final training for an executor.
   *
   * @param gpus that the cluster gave it; empty: none
   */
  FinalTrainingSettings finalTraining(Optional<List<Integer>> gpus) {
    return StoredSettings.finalTraining(own(gpus)).build();
  }

  /** The options with the devices of an executor. */
  private Map<String, String> own(Optional<List<Integer>> gpus) {
    Map<String, String> own = new LinkedHashMap<>(options);
    String workers = own.remove("workers");
    own.remove("gpus");
    own.remove("workers_per_gpu");
    own.put(gpus.isPresent() ? "workers_per_gpu" : "workers", workers);
    own.put(
        "gpus",
        gpus.map(list -> String.join(",", list.stream().map(String::valueOf).toList()))
            .orElse("none"));
    return own;
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

  /**
   * Refuses an executor with other devices or images.
   *
   * @param executor its name
   */
  void check(String executor, List<ComputeDevice> devices, Dataset images) {
    boolean mixed = options.containsKey(RunOptions.MIXED_DEVICES);
    for (ComputeDevice one : devices) {
      String model = EvaluationKey.device(one);
      if (!mixed && !model.equals(device)) {
        throw new ClusterRefusalException(
            Text.format(
                "executor %s has %s, but the search trains on %s, and other devices round differently; leave that machine out of the cluster, or give --%s",
                executor, model, device, RunOptions.MIXED_DEVICES));
      }
    }
    if (!images.digest().equals(data)) {
      throw new ClusterRefusalException(
          Text.format(
              "the images of executor %s (%s) differ from those of this machine; give all machines the same data",
              executor, images.name()));
    }
  }
}
