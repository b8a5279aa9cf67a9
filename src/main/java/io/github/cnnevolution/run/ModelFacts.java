package io.github.cnnevolution.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.ClassNames;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code best_chromosome.json}, or the JSON of another network that a run keeps, says about
 * the model beside it.
 *
 * @param chromosome of the model
 * @param architecture of the model
 * @param normalization of the images that it was trained on
 * @param classes what the classes are called
 * @param space of the chromosome; empty if the file does not describe it
 */
public record ModelFacts(
    Chromosome chromosome,
    Architecture architecture,
    Normalization normalization,
    ClassNames classes,
    Optional<SearchSpace> space) {
  private static final long MAX_BYTES = 256L << 20;

  /**
   * Reads a file that {@link RunSummary#write} or {@link KeptNetwork#write} wrote.
   *
   * @param spaces among which is that of the network
   * @throws IOException if it cannot be read, or says other things; the message says what, without
   *     the file's name
   */
  public static ModelFacts read(Path file, SearchSpaces spaces) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      throw new IOException("is no file that a run leaves");
    }
    JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
    try {
      JsonNode data = root.path("data");
      Chromosome chromosome = new Chromosome(root.path("chromosome").asText());
      ClassNames classes = classes(data);
      return new ModelFacts(
          chromosome,
          ArchitectureFacts.architecture(
              root.path("architecture"), chromosome, classes.names().size(), spaces),
          normalization(data),
          classes,
          space(root, spaces));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Optional<SearchSpace> space(JsonNode root, SearchSpaces spaces) {
    JsonNode definition = root.path(SpaceFile.DEFINITION);
    String name = root.path("architecture").path(ArchitectureFacts.SPACE).asText(PlainSpace.NAME);
    return definition.isMissingNode()
        ? spaces.find(name)
        : Optional.of(SpaceFile.space(definition.toString(), name, spaces));
  }

  /**
   * What is said of the images in the description of a data set.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  public static Normalization normalization(JsonNode data) {
    return new Normalization(numbers(data.path("mean")), numbers(data.path("std")));
  }

  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  private static ClassNames classes(JsonNode data) {
    return classes(data.path("name").asText(), ownClasses(data));
  }

  /** Only class folders are written with their names; the others are known by their data set. */
  static ClassNames classes(String name, Optional<ClassNames> own) {
    if (own.isPresent()) {
      return own.get();
    }
    return name.startsWith(DatasetLocator.SYNTHETIC + " (")
        ? ClassNames.numbers(Architecture.CLASSES)
        : ClassNames.ofCifar100();
  }

  /**
   * The names in the description of a data set, if there are any.
   *
   * @throws IllegalArgumentException if there are fewer than two
   */
  public static Optional<ClassNames> ownClasses(JsonNode data) {
    JsonNode list = data.path(RunSummary.CLASSES);
    if (list.isMissingNode()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    list.forEach(name -> names.add(name.asText()));
    return Optional.of(new ClassNames(names));
  }
}
