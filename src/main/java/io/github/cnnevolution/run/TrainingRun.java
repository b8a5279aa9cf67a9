package io.github.cnnevolution.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.training.ConfusionMatrix;
import io.github.cnnevolution.training.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * One network that is trained to the end, once for each seed: what {@code training.json} says.
 *
 * @param createdMillis when it was begun, since 1970
 * @param space of the network
 * @param chromosome the network
 * @param options that it was begun with, by name
 * @param data its images
 * @param versions of this program and of LibTorch that it was begun with
 * @param fitnessVersion of the code that its results follow from
 * @param finished whether all seeds are trained and measured
 * @param seeds what each seed has shown so far
 */
public record TrainingRun(
    long createdMillis,
    SearchSpace space,
    Chromosome chromosome,
    Map<String, String> options,
    Data data,
    Map<String, String> versions,
    int fitnessVersion,
    boolean finished,
    List<Seed> seeds) {
  private static final String CONFUSION = "confusion";

  /**
   * The images.
   *
   * @param name of the data set
   * @param trainDigest SHA-256 of the training and validation images
   * @param testDigest SHA-256 of the test images; empty without any
   * @param training number of images trained on
   * @param validation number of images kept out to measure on between epochs
   * @param test number of images measured on at the end
   * @param normalization what the network expects of its input
   * @param classes what the classes are called, where the name of the data set does not say it
   */
  public record Data(
      String name,
      String trainDigest,
      String testDigest,
      int training,
      int validation,
      int test,
      Normalization normalization,
      Optional<ClassNames> classes) {
    /** Returns what the classes are called, whether the name of the data set says it or not. */
    public ClassNames classNames() {
      return ModelFacts.classes(name, classes);
    }
  }

  /**
   * One training.
   *
   * @param seed determines it
   * @param epochs what each finished epoch showed
   * @param testAccuracy measured once, at the end
   * @param confusion which test images were taken for what; empty before the end, and in a file of
   *     version 0.1.0
   * @param error why it failed, if so
   */
  public record Seed(
      long seed,
      List<EpochMetrics> epochs,
      OptionalDouble testAccuracy,
      Optional<ConfusionMatrix> confusion,
      Optional<String> error) {
    /** Copies the list. */
    public Seed {
      epochs = List.copyOf(epochs);
    }

    /** Returns this training with what was measured on the test images. */
    public Seed measured(ConfusionMatrix matrix) {
      return new Seed(
          seed, epochs, OptionalDouble.of(matrix.accuracy()), Optional.of(matrix), error);
    }
  }

  /** Copies the lists. */
  public TrainingRun {
    options = new LinkedHashMap<>(options);
    versions = Map.copyOf(versions);
    seeds = List.copyOf(seeds);
  }

  /** Returns this training with newer results. */
  public TrainingRun with(boolean nowFinished, List<Seed> nowSeeds) {
    return new TrainingRun(
        createdMillis,
        space,
        chromosome,
        options,
        data,
        versions,
        fitnessVersion,
        nowFinished,
        nowSeeds);
  }

  /** Returns this training with other options. */
  public TrainingRun with(Map<String, String> nowOptions) {
    return new TrainingRun(
        createdMillis,
        space,
        chromosome,
        nowOptions,
        data,
        versions,
        fitnessVersion,
        finished,
        seeds);
  }

  /** The network. */
  public Architecture architecture() {
    return space.decode(
        chromosome, data.classes().map(own -> own.names().size()).orElse(Architecture.CLASSES));
  }

  /** The accuracy of a guess. */
  public double chance() {
    return 1.0 / data.classNames().names().size();
  }

  /** Returns the 95 % interval of the test accuracy of a seed; empty before it is measured. */
  public Optional<WilsonInterval> interval(Seed seed) {
    return WilsonInterval.of(seed.testAccuracy, data.test);
  }

  /** The mean of the test accuracies; empty before the end. */
  public OptionalDouble mean() {
    return accuracies().average();
  }

  /** The standard deviation of the test accuracies over the seeds; empty for fewer than two. */
  public OptionalDouble std() {
    double[] all = accuracies().toArray();
    if (all.length < 2) {
      return OptionalDouble.empty();
    }
    double mean = Arrays.stream(all).average().orElseThrow();
    double squares = Arrays.stream(all).map(a -> (a - mean) * (a - mean)).sum();
    return OptionalDouble.of(Math.sqrt(squares / (all.length - 1)));
  }

  private DoubleStream accuracies() {
    return seeds.stream()
        .map(Seed::testAccuracy)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble);
  }

  /**
   * Writes {@code training.json}.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void write(Path file) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("created_ms", createdMillis);
    object.put("finished", finished);
    if (!space.name().equals(PlainSpace.NAME)) {
      object.put(ArchitectureFacts.SPACE, space.name());
    }
    putSpace(object);
    object.put("chromosome", chromosome.bits());
    object.put("options", new RunOptions(options).typed());
    object.put("data", dataObject());
    object.put("rules", fitnessVersion);
    object.put("versions", versions);
    object.put("seeds", seeds.stream().map(this::object).toList());
    Json.write(file, object);
  }

  /**
   * Writes {@code best_chromosome.json}, which says of which network the weights beside it are.
   *
   * @throws IOException if it cannot be written; a file that was there is untouched
   */
  public void writeFacts(Path file) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chromosome", chromosome.bits());
    object.put(RunSummary.TEST_ACCURACY, value(seeds.get(0).testAccuracy()));
    RunSummary.putInterval(object, RunSummary.TEST_ACCURACY, interval(seeds.get(0)));
    object.put("chance", chance());
    object.put("architecture", ArchitectureFacts.of(architecture()));
    object.put("data", dataObject());
    putSpace(object);
    object.put("config", new RunOptions(options).finalTrainingConfig());
    object.put("versions", Versions.all());
    Json.write(file, object);
  }

  private void putSpace(Map<String, Object> object) {
    Map<String, Object> definition = SpaceFile.identity(space);
    if (!definition.isEmpty()) {
      object.put(SpaceFile.DEFINITION, definition);
    }
  }

  private Map<String, Object> dataObject() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", data.name);
    object.put("train_sha256", data.trainDigest);
    object.put("test_sha256", data.testDigest);
    object.put("training_images", data.training);
    object.put("validation_images", data.validation);
    object.put("test_images", data.test);
    object.put("mean", data.normalization.mean());
    object.put("std", data.normalization.std());
    data.classes.ifPresent(own -> object.put(RunSummary.CLASSES, own.names()));
    return object;
  }

  private Map<String, Object> object(Seed seed) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("seed", seed.seed);
    object.put(RunSummary.TEST_ACCURACY, value(seed.testAccuracy));
    RunSummary.putInterval(object, RunSummary.TEST_ACCURACY, interval(seed));
    object.put("error", seed.error.orElse(null));
    object.put(
        "epochs",
        seed.epochs.stream()
            .map(e -> Arrays.asList(e.loss(), e.accuracy(), value(e.validation())))
            .toList());
    seed.confusion.ifPresent(matrix -> object.put(CONFUSION, matrix.rows()));
    return object;
  }

  private static Double value(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param spaces among which is that of the network
   * @throws IOException if it cannot be read or says something else
   */
  public static TrainingRun read(Path file, SearchSpaces spaces) throws IOException {
    JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
    try {
      JsonNode data = root.path("data");
      JsonNode definition = root.path(SpaceFile.DEFINITION);
      SearchSpace space =
          definition.isMissingNode()
              ? ArchitectureFacts.space(root, spaces)
              : SpaceFile.space(
                  definition.toString(),
                  root.path(ArchitectureFacts.SPACE).asText(PlainSpace.NAME),
                  spaces);
      List<Seed> seeds = new ArrayList<>();
      int classes =
          ModelFacts.classes(data.path("name").asText(), ModelFacts.ownClasses(data))
              .names()
              .size();
      root.path("seeds").forEach(node -> seeds.add(seed(node, classes)));
      return new TrainingRun(
          root.path("created_ms").asLong(),
          space,
          space.check(new Chromosome(root.path("chromosome").asText())),
          texts(root.path("options")),
          new Data(
              data.path("name").asText(),
              data.path("train_sha256").asText(),
              data.path("test_sha256").asText(),
              data.path("training_images").asInt(),
              data.path("validation_images").asInt(),
              data.path("test_images").asInt(),
              ModelFacts.normalization(data),
              ModelFacts.ownClasses(data)),
          texts(root.path("versions")),
          root.path("rules").asInt(),
          root.path("finished").asBoolean(),
          seeds);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Seed seed(JsonNode node, int classes) {
    List<EpochMetrics> epochs = new ArrayList<>();
    node.path("epochs")
        .forEach(
            e ->
                epochs.add(
                    new EpochMetrics(
                        e.path(0).asDouble(), e.path(1).asDouble(), optional(e.path(2)))));
    JsonNode error = node.path("error");
    return new Seed(
        node.path("seed").asLong(),
        epochs,
        optional(node.path(RunSummary.TEST_ACCURACY)),
        node.has(CONFUSION)
            ? Optional.of(TestConfusion.matrix(node.path(CONFUSION), classes))
            : Optional.empty(),
        error.isTextual() ? Optional.of(error.asText()) : Optional.empty());
  }

  private static OptionalDouble optional(JsonNode number) {
    return number.isNumber() ? OptionalDouble.of(number.asDouble()) : OptionalDouble.empty();
  }

  /** A flag that is on is true in the file, and empty among the options. */
  private static String text(JsonNode value) {
    return value.isBoolean() ? "" : value.asText();
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(field -> texts.put(field.getKey(), text(field.getValue())));
    return texts;
  }
}
