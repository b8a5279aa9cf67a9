package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a run found, as a file and as a table.
 *
 * @param best the best candidate
 * @param testAccuracy its accuracy on the test images; empty if the run was stopped before, or
 *     there are none
 * @param seed of the run
 * @param config every option and its value
 * @param data the images that were used
 * @param figures of the run, all its processes together
 * @param interrupted whether the run was stopped early
 * @param gpus how the GPUs were used; empty for a run on the CPU
 * @param lostDevices those that failed on the way
 * @param found beside the best network
 */
public record RunSummary(
    Evaluation best,
    OptionalDouble testAccuracy,
    long seed,
    Map<String, Object> config,
    Data data,
    RunFigures figures,
    boolean interrupted,
    List<GpuUsage> gpus,
    List<LostDevice> lostDevices,
    RunFront found) {
  /** Copies the lists. */
  public RunSummary {
    gpus = List.copyOf(gpus);
    lostDevices = List.copyOf(lostDevices);
  }

  /** The summary of a run with one objective. */
  public RunSummary(
      Evaluation best,
      OptionalDouble testAccuracy,
      long seed,
      Map<String, Object> config,
      Data data,
      RunFigures figures,
      boolean interrupted,
      List<GpuUsage> gpus,
      List<LostDevice> lostDevices) {
    this(
        best,
        testAccuracy,
        seed,
        config,
        data,
        figures,
        interrupted,
        gpus,
        lostDevices,
        RunFront.NONE);
  }

  /** The networks of the front, the most accurate first; none with one objective. */
  public List<Evaluation> front() {
    return found.front().map(Front::members).orElse(List.of());
  }

  /** The name of the accuracy on the test images. */
  public static final String TEST_ACCURACY = "test_accuracy";

  /** The name of the list of class names in {@code data}. */
  public static final String CLASSES = "classes";

  /**
   * The images of a run.
   *
   * @param name of the data set
   * @param digest SHA-256 over images and labels
   * @param training number of images trained on
   * @param validation number of images that fitness is measured on
   * @param test number of images held back for the end; 0 if there are none
   * @param normalization what the network expects of its input
   * @param classes what the classes are called, where the name of the data set does not say it
   */
  public record Data(
      String name,
      String digest,
      int training,
      int validation,
      int test,
      Normalization normalization,
      Optional<ClassNames> classes) {
    /** For JSON. */
    Map<String, Object> object() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("name", name);
      object.put("sha256", digest);
      object.put("training_images", training);
      object.put("validation_images", validation);
      object.put("test_images", test);
      object.put("mean", normalization.mean());
      object.put("std", normalization.std());
      classes.ifPresent(names -> object.put(CLASSES, names.names()));
      return object;
    }
  }

  /** Whether the fitness is the validation accuracy, and not a number of the program's own. */
  public boolean measuresAccuracy() {
    // A run of version 0.1.0 knew nothing else, and does not say so.
    return config.getOrDefault("fitness", Evaluation.ACCURACY).equals(Evaluation.ACCURACY);
  }

  /** Returns the interval of a fitness; empty for a failure, or if it is no accuracy. */
  public Optional<WilsonInterval> interval(Evaluation evaluation) {
    return evaluation.isFailed() || !measuresAccuracy() || data.validation() < 1
        ? Optional.empty()
        : Optional.of(WilsonInterval.of(evaluation.fitness(), data.validation()));
  }

  /** Returns the interval of the test accuracy; empty before it is measured. */
  public Optional<WilsonInterval> testInterval() {
    return WilsonInterval.of(testAccuracy, data.test());
  }

  /** Puts the ends of an interval behind the value of this name; null without one. */
  public static void putInterval(
      Map<String, Object> object, String name, Optional<WilsonInterval> interval) {
    object.put(name + "_low", interval.map(WilsonInterval::low).orElse(null));
    object.put(name + "_high", interval.map(WilsonInterval::high).orElse(null));
  }

  /**
   * Writes {@code best_chromosome.json}.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file) throws IOException {
    Json.write(file, object());
  }

  private List<Map<String, Object>> gpuObjects() {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (GpuUsage usage : gpus) {
      Map<String, Object> object = new LinkedHashMap<>();
      boolean sampled = usage.samples() > 0;
      object.put("gpu", usage.gpu());
      object.put("samples", usage.samples());
      object.put("utilisation_mean", sampled ? usage.meanUtilisation() : null);
      object.put("utilisation_peak", sampled ? usage.peakUtilisation() : null);
      object.put("memory_peak_bytes", sampled ? usage.peakMemory() : null);
      objects.add(object);
    }
    return objects;
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", best.job().chromosome().bits());
    object.put("fitness", best.fitness());
    putInterval(object, "fitness", interval(best));
    object.put("chance", measuresAccuracy() ? 1.0 / best.job().architecture().classes() : null);
    object.put(TEST_ACCURACY, testAccuracy.isPresent() ? testAccuracy.getAsDouble() : null);
    putInterval(object, TEST_ACCURACY, testInterval());
    object.put("architecture", ArchitectureFacts.of(best.job().architecture()));
    object.put("seed", seed);
    object.put("interrupted", interrupted);
    object.put("generations", figures.generations());
    object.put("evaluations", figures.evaluations());
    object.put("trainings", figures.trained());
    object.put("trainings_saved", figures.saved());
    object.put("failures", figures.failures() - found.tooSlow());
    if (config.get(FrontGoals.MAX_LATENCY) != null) {
      object.put("too_slow", found.tooSlow());
    }
    object.put("seconds", figures.seconds());
    if (found.front().isPresent()) {
      object.put(
          "front", front().stream().map(member -> new FrontNetwork(member, this).row()).toList());
    }
    if (!gpus.isEmpty()) {
      object.put("gpus", gpuObjects());
    }
    if (!lostDevices.isEmpty()) {
      object.put("lost_devices", lostDevices);
    }
    if (!figures.reused().isEmpty()) {
      object.put("reused", figures.reused());
    }
    object.put("data", data.object());
    putSpace(object);
    Map<String, Object> options = new LinkedHashMap<>(config);
    options.remove(SpaceFile.DEFINITION);
    object.put("config", options);
    object.put("versions", Versions.all());
    return object;
  }

  /** Puts the definition of the search space, if its name does not say it. */
  void putSpace(Map<String, Object> object) {
    Object definition = config.get(SpaceFile.DEFINITION);
    if (definition != null) {
      object.put(SpaceFile.DEFINITION, definition);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param best the evaluation that it is about
   * @param figures of the run, from its store
   * @param found beside the best network, from its store
   * @throws IOException if it cannot be read or says something else
   */
  public static RunSummary read(Path file, Evaluation best, RunFigures figures, RunFront found)
      throws IOException {
    JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
    try {
      JsonNode data = root.path("data");
      JsonNode test = root.path(TEST_ACCURACY);
      List<GpuUsage> gpus = new ArrayList<>();
      root.path("gpus").forEach(gpu -> gpus.add(usage(gpu)));
      List<LostDevice> lost = new ArrayList<>();
      root.path("lost_devices")
          .forEach(
              device ->
                  lost.add(
                      new LostDevice(
                          device.path("device").asText(), device.path("reason").asText())));
      return new RunSummary(
          best,
          test.isNumber() ? OptionalDouble.of(test.asDouble()) : OptionalDouble.empty(),
          root.path("seed").asLong(),
          new ObjectMapper().convertValue(root.path("config"), new TypeReference<>() {}),
          new Data(
              data.path("name").asText(),
              data.path("sha256").asText(),
              data.path("training_images").asInt(),
              data.path("validation_images").asInt(),
              data.path("test_images").asInt(),
              ModelFacts.normalization(data),
              ModelFacts.ownClasses(data)),
          figures,
          root.path("interrupted").asBoolean(),
          gpus,
          lost,
          found);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          Text.format("%s: is not what a run leaves: %s", file, e.getMessage()), e);
    }
  }

  /** Returns how many validation images a file names; empty without such a file. */
  static OptionalInt validationImages(Path file) {
    try {
      JsonNode images =
          Files.exists(file)
              ? new ObjectMapper()
                  .readTree(Files.readAllBytes(file))
                  .path("data")
                  .path("validation_images")
              : MissingNode.getInstance();
      return images.isInt() && images.intValue() > 0
          ? OptionalInt.of(images.intValue())
          : OptionalInt.empty();
    } catch (IOException e) {
      // Optional: it only adds to the data of the store.
      return OptionalInt.empty();
    }
  }

  private static GpuUsage usage(JsonNode gpu) {
    long samples = gpu.path("samples").asLong();
    double mean = gpu.path("utilisation_mean").asDouble();
    long memory = gpu.path("memory_peak_bytes").asLong();
    int peak = gpu.path("utilisation_peak").asInt();
    return new GpuUsage(
        gpu.path("gpu").asInt(),
        samples,
        (int) mean,
        Math.round(mean * samples),
        peak,
        memory,
        memory);
  }
}
