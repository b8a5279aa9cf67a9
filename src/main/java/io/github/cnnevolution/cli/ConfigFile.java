package io.github.cnnevolution.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.engine.AlgorithmSettings;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.OptimizerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/**
 * Options from a JSON file: the {@code config} of a {@code best_chromosome.json}, or an object
 * whose fields are named like options.
 *
 * @param words the options, in command-line form
 * @param seedPopulation chromosomes of the first generation, which have no command-line form
 */
record ConfigFile(List<String> words, List<String> seedPopulation) {
  static final String OPTION = "config";

  /** No options. */
  static final ConfigFile NONE = new ConfigFile(List.of(), List.of());

  /** What a run writes about itself and its machine; another run finds its own. */
  private static final Set<String> OF_THE_RUN =
      Set.of(
          "out",
          "workers",
          "gpus",
          "workers_per_gpu",
          RunOptions.MIXED_DEVICES,
          "cuda_path",
          "profile");

  /** What the command line cannot choose; of the algorithms it has some more. */
  private static final Map<String, String> FIXED =
      Map.of("algorithm", "genetic", "fitness", "accuracy");

  /** The algorithms that have an option which not all have. */
  private static final Map<String, List<String>> OF_ALGORITHMS =
      Map.of(
          "generations", List.of("genetic"),
          "surrogate", List.of("genetic", "steady"),
          "lookahead", List.of("steady", "random", "local"),
          "replace", List.of("steady"));

  /** Returns the option of the command line. */
  static Option option() {
    return Arguments.valued(
        OPTION,
        "FILE",
        "options from a best_chromosome.json, or from a JSON object such as {\"pop_size\": 20}; the command line wins");
  }

  /**
   * Reads a file.
   *
   * @param options of the command; fields for other commands are left out
   * @param known the names of all options of all commands
   * @param given whether an option stands on the command line too, which wins
   * @param algorithm that stands on the command line: what the file says of another one alone, such
   *     as its generations, is left out
   */
  static ConfigFile read(
      Path file,
      Options options,
      Collection<String> known,
      Predicate<String> given,
      Optional<String> algorithm)
      throws UsageException {
    JsonNode root = root(file);
    boolean ofRun = root.path("config").isObject();
    JsonNode config = ofRun ? root.path("config") : root;
    String fileAlgorithm = config.path("algorithm").asText("genetic");
    String chosen = algorithm.orElse(fileAlgorithm);
    List<String> words = new ArrayList<>();
    List<String> seeds = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : config.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      check(file, name, value, known);
      if (value.isNull() || given.test(name) || (ofRun && OF_THE_RUN.contains(name))) {
        continue;
      }
      boolean alien = !OF_ALGORITHMS.getOrDefault(name, List.of(chosen)).contains(chosen);
      if (alien && (ofRun || !chosen.equals(fileAlgorithm))) {
        continue;
      }
      if (!options.hasLongOption(name) || name.equals(OPTION)) {
        continue;
      }
      if (name.equals(SeedPopulation.OPTION) && value.isArray()) {
        value.forEach(chromosome -> seeds.add(chromosome.asText()));
      } else if (options.getOption(name).hasArg()) {
        words.add(Text.format("--%s=%s", name, text(value)));
      } else if (value.asText().isEmpty() || value.asBoolean()) {
        words.add("--" + name);
      }
    }
    boolean unnamed = ofRun && !config.has("optimizer") && !given.test("optimizer");
    if (unnamed && options.hasLongOption("optimizer")) {
      words.add("--optimizer=" + OptimizerKind.UNNAMED);
    }
    return new ConfigFile(words, seeds);
  }

  private static JsonNode root(Path file) throws UsageException {
    try {
      JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (root.isObject()) {
        return root;
      }
      throw wrong(file, "is not a JSON object");
    } catch (JsonProcessingException e) {
      throw wrong(
          file,
          Text.format(
              "is not JSON (line %d, column %d)",
              e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    } catch (IOException e) {
      throw wrong(file, Text.format("cannot be read (%s)", e.getClass().getSimpleName()));
    }
  }

  private static UsageException wrong(Path file, String what) {
    return new UsageException(
        Text.format(
            "--%s %s: %s; name a best_chromosome.json, or a JSON object of options",
            OPTION, file, what));
  }

  private static void check(Path file, String name, JsonNode value, Collection<String> known)
      throws UsageException {
    if (FIXED.containsKey(name)) {
      boolean other = name.equals("algorithm") && AlgorithmSettings.NAMES.contains(value.asText());
      if (!other && !value.asText().equals(FIXED.get(name))) {
        throw new UsageException(
            Text.format(
                "--%s %s: %s '%s' is a Java program's own; the command line has '%s' only",
                OPTION, file, name, value.asText(), FIXED.get(name)));
      }
      return;
    }
    if (!known.contains(name)) {
      throw new UsageException(
          Text.format(
              "--%s %s: unknown option '%s'%s",
              OPTION,
              file,
              name,
              Suggestion.nearest(name, new TreeSet<>(known))
                  .map(nearest -> Text.format("; did you mean '%s'?", nearest))
                  .orElse("; the names are those of the options, without hyphens before them")));
    }
    if (value.isObject()) {
      throw new UsageException(
          Text.format("--%s %s: %s must be a value, not an object", OPTION, file, name));
    }
  }

  /** A list, such as that of the GPUs, is written with commas. */
  private static String text(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(","))
        : value.asText();
  }
}
