package io.github.cnnevolution.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.data.DatasetLocator;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.genome.Architecture;
import io.github.cnnevolution.genome.Chromosome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code best_chromosome.json}, or the JSON of another network that a run keeps, says about
 * the model beside it.
 *
 * @param chromosome of the model
 * @param architecture of the model
 * @param normalization of the images that it was trained on
 * @param data the name of their data set
 */
public record ModelFacts(
    Chromosome chromosome, Architecture architecture, Normalization normalization, String data) {
  private static final long MAX_BYTES = 256L << 20;

  /**
   * Reads a file that {@link RunSummary#write} or {@link KeptNetwork#write} wrote.
   *
   * @throws IOException if it cannot be read, or says other things; the message says what, without
   *     the file's name
   */
  public static ModelFacts read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      throw new IOException("is no file that a run leaves");
    }
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    try {
      JsonNode data = root.path("data");
      Chromosome chromosome = new Chromosome(root.path("chromosome").asText());
      return new ModelFacts(
          chromosome,
          Architecture.decode(chromosome),
          new Normalization(numbers(data.path("mean")), numbers(data.path("std"))),
          data.path("name").asText());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  /** Whether the classes are those of the synthetic images, which have numbers for names. */
  public boolean isSynthetic() {
    return data.startsWith(DatasetLocator.SYNTHETIC + " (");
  }
}
