package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.Dataset;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.WilsonInterval;
import io.github.cnnevolution.search.GeneticAlgorithm;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What the store of a run says about it beside its evaluations.
 *
 * @param createdMillis when the run was begun, since 1970
 * @param options what is needed to begin it again, by name: the value of each option that changes
 *     results, and of others those that were given
 * @param space name of the search space
 * @param algorithm name of the search algorithm
 * @param fitness name of the fitness function
 * @param data name of the data set
 * @param digests SHA-256 of its parts
 * @param classes how many it has
 * @param validationImages how many images the fitness is measured on; a run that was begun before
 *     0.2.0 says so once it is resumed
 * @param program version of this program
 * @param libtorch version of LibTorch
 * @param fitnessVersion the {@link io.github.cnnevolution.run.EvaluationKey#FITNESS_VERSION} under
 *     which it was begun
 * @param generationsDone how many generations are complete
 * @param end how the run ended, once it has
 * @param spaceDefinition what the store says of the space beside its name; see {@link SpaceFile}
 */
public record RunFacts(
    long createdMillis,
    Map<String, String> options,
    String space,
    String algorithm,
    String fitness,
    String data,
    Digests digests,
    int classes,
    OptionalInt validationImages,
    String program,
    String libtorch,
    int fitnessVersion,
    int generationsDone,
    Optional<End> end,
    String spaceDefinition) {
  /** The name under which {@link #options} is stored. */
  public static final String OPTIONS = "options";

  /** The name under which {@link #generationsDone} is stored. */
  public static final String GENERATIONS_DONE = "generations_done";

  /** The name under which {@link #validationImages} is stored. */
  public static final String VALIDATION_IMAGES = "validation_images";

  private static final String TRAIN = "data_train_sha256";
  private static final String VALIDATION = "data_validation_sha256";
  private static final String TEST = "data_test_sha256";

  /** The name under which the generations of a run that is over are stored. */
  public static final String FINISHED = "finished_generations";

  private static final String ALGORITHM = "algorithm";
  private static final String FITNESS = "fitness";

  /**
   * What tells the images of a run from others.
   *
   * @param train SHA-256 of the training images
   * @param validation of the validation images, if they are apart
   * @param test of the test images, if there are any
   */
  public record Digests(String train, Optional<String> validation, Optional<String> test) {
    /** Those of a data set. */
    public static Digests of(Dataset dataset) {
      return new Digests(
          dataset.train().digest(),
          dataset.validation().map(ImageSet::digest),
          dataset.test().map(ImageSet::digest));
    }
  }

  /**
   * A run that is over.
   *
   * @param generations that it had
   */
  public record End(int generations) {}

  /** Copies the options. */
  public RunFacts {
    options = new LinkedHashMap<>(options);
  }

  /** Those of a run whose space is known by its name alone. */
  public RunFacts(
      long createdMillis,
      Map<String, String> options,
      String space,
      String algorithm,
      String fitness,
      String data,
      Digests digests,
      int classes,
      OptionalInt validationImages,
      String program,
      String libtorch,
      int fitnessVersion,
      int generationsDone,
      Optional<End> end) {
    this(
        createdMillis,
        options,
        space,
        algorithm,
        fitness,
        data,
        digests,
        classes,
        validationImages,
        program,
        libtorch,
        fitnessVersion,
        generationsDone,
        end,
        "");
  }

  /** The search space, if its name is known or the store describes it. */
  public Optional<SearchSpace> searchSpace() {
    try {
      return Optional.of(SpaceFile.space(spaceDefinition, space, SpaceFile.builtIn()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** As the store keeps them. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("created_ms", String.valueOf(createdMillis));
    facts.put(OPTIONS, json(options));
    facts.put(EvaluationStore.SPACE, space);
    if (!spaceDefinition.isEmpty()) {
      facts.put(SpaceFile.DEFINITION, spaceDefinition);
    }
    facts.put(ALGORITHM, algorithm);
    facts.put(FITNESS, fitness);
    facts.put("data", data);
    facts.put(TRAIN, digests.train());
    digests.validation().ifPresent(digest -> facts.put(VALIDATION, digest));
    digests.test().ifPresent(digest -> facts.put(TEST, digest));
    facts.put(EvaluationStore.CLASSES, String.valueOf(classes));
    validationImages.ifPresent(n -> facts.put(VALIDATION_IMAGES, String.valueOf(n)));
    facts.put("program", program);
    facts.put("libtorch", libtorch);
    facts.put("rules", String.valueOf(fitnessVersion));
    facts.put(GENERATIONS_DONE, String.valueOf(generationsDone));
    end.ifPresent(e -> facts.put(FINISHED, String.valueOf(e.generations())));
    return facts;
  }

  /** Returns these facts with another number of validation images. */
  RunFacts withValidationImages(OptionalInt images) {
    return new RunFacts(
        createdMillis,
        options,
        space,
        algorithm,
        fitness,
        data,
        digests,
        classes,
        images,
        program,
        libtorch,
        fitnessVersion,
        generationsDone,
        end,
        spaceDefinition);
  }

  /** Whether the fitness is the validation accuracy, and not a number of the program's own. */
  public boolean measuresAccuracy() {
    return fitness.equals(Evaluation.ACCURACY);
  }

  /** Returns the accuracy of a network that guesses; empty if the fitness is no accuracy. */
  public OptionalDouble chance() {
    return measuresAccuracy() ? OptionalDouble.of(1.0 / classes) : OptionalDouble.empty();
  }

  /**
   * Returns the interval of a fitness; empty for a failure, for a fitness that is no accuracy, and
   * if the number of images is not known.
   */
  public Optional<WilsonInterval> interval(double fitnessValue) {
    return !(fitnessValue >= 0 && fitnessValue <= 1)
            || !measuresAccuracy()
            || validationImages.isEmpty()
        ? Optional.empty()
        : Optional.of(WilsonInterval.of(fitnessValue, validationImages.getAsInt()));
  }

  /** The text of {@link #options} in the store. */
  public static String json(Map<String, String> options) {
    return Json.line(options);
  }

  /**
   * What a store says.
   *
   * @throws IllegalArgumentException if something is missing or makes no sense
   */
  public static RunFacts of(Map<String, String> facts) {
    try {
      return new RunFacts(
          Long.parseLong(fact(facts, "created_ms")),
          new ObjectMapper().readValue(fact(facts, OPTIONS), new TypeReference<>() {}),
          facts.getOrDefault(EvaluationStore.SPACE, PlainSpace.NAME),
          facts.getOrDefault(ALGORITHM, GeneticAlgorithm.NAME),
          facts.getOrDefault(FITNESS, Evaluation.ACCURACY),
          fact(facts, "data"),
          new Digests(
              fact(facts, TRAIN),
              Optional.ofNullable(facts.get(VALIDATION)),
              Optional.ofNullable(facts.get(TEST))),
          EvaluationStore.classes(facts),
          facts.containsKey(VALIDATION_IMAGES)
              ? OptionalInt.of(Integer.parseInt(facts.get(VALIDATION_IMAGES)))
              : OptionalInt.empty(),
          fact(facts, "program"),
          fact(facts, "libtorch"),
          Integer.parseInt(fact(facts, "rules")),
          Integer.parseInt(fact(facts, GENERATIONS_DONE)),
          facts.containsKey(FINISHED)
              ? Optional.of(new End(Integer.parseInt(facts.get(FINISHED))))
              : Optional.empty(),
          facts.getOrDefault(SpaceFile.DEFINITION, ""));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its options are no JSON", e);
    }
  }

  private static String fact(Map<String, String> facts, String name) {
    if (!facts.containsKey(name)) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return facts.get(name);
  }
}
