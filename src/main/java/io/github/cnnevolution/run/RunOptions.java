package io.github.cnnevolution.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The options of a run by name, as its store keeps them: each that changes results, and of the
 * others those that were given.
 *
 * @param values text by name; a flag has an empty text or {@code true}
 */
public record RunOptions(Map<String, String> values) {
  /** Whether steps were recorded: without a value they were. */
  public static final String CUDA_GRAPHS = "cuda_graphs";

  /** Whether devices of several models may train. */
  public static final String MIXED_DEVICES = "mixed_devices";

  /** The options of a search each of which would change its results. */
  public static final List<String> FIXED_IN_SEARCH =
      List.of(
          "pop_size",
          "genome_size",
          "tournament_size",
          "crossover_rate",
          "mutation_rate",
          "elitism",
          "algorithm",
          "lookahead",
          "replace",
          "surrogate",
          FrontGoals.OBJECTIVES,
          FrontGoals.PREFER,
          FrontGoals.MAX_LATENCY,
          "early_stopping",
          "seed",
          "train_limit",
          "epochs",
          "optimizer",
          "batch_size",
          "learning_rate",
          "precision",
          "threads_per_worker",
          "tf32",
          "deterministic",
          CUDA_GRAPHS,
          "min_parameters",
          "max_parameters",
          "min_flops",
          "max_flops");

  /** The options of a final training each of which would change its results. */
  public static final List<String> FIXED_IN_FINAL_TRAINING =
      List.of(
          "epochs",
          "optimizer",
          "batch_size",
          "learning_rate",
          "precision",
          "train_limit",
          "threads_per_worker",
          "seed",
          "dropout_share",
          "cutout",
          "mixup",
          "ema",
          "tta",
          "validate",
          "tf32",
          "deterministic",
          CUDA_GRAPHS);

  /** Which networks there are. */
  private static final List<String> NETWORKS =
      List.of(
          "space", "fix", "choices", "min_parameters", "max_parameters", "min_flops", "max_flops");

  private static final List<String> NOT_FIXED_IN_FINAL_TRAINING =
      concat(
          List.of(
              "seeds", "data", "workers", "gpus", "workers_per_gpu", MIXED_DEVICES, "cuda_path"),
          NETWORKS);

  private static final List<String> FLAGS =
      List.of("tta", "validate", MIXED_DEVICES, "tf32", "deterministic");

  /** What says how is searched; the rest says how is trained. */
  private static final List<String> SEARCH =
      concat(
          List.of(
              "seed",
              "pop_size",
              "generations",
              "genome_size",
              "tournament_size",
              "crossover_rate",
              "mutation_rate",
              "elitism",
              "algorithm",
              "evaluations",
              "lookahead",
              "replace",
              "surrogate",
              FrontGoals.OBJECTIVES,
              FrontGoals.PREFER,
              FrontGoals.MAX_LATENCY,
              "early_stopping",
              "top_k"),
          NETWORKS);

  /**
   * How long chromosomes are from which generation on, if the space has grown; no option, but
   * needed to make the search again.
   */
  public static final String GROWTH = "genome_growth";

  private static final String DATA = "data";
  private static final String SEED_POPULATION = "seed_population";

  /** Options whose values are texts, although some look like numbers. */
  private static final Set<String> TEXTS =
      Set.of(
          DATA, SEED_POPULATION, "gpus", "reuse", "cuda_path", "space", "fix", "choices", GROWTH);

  private static List<String> concat(List<String> some, List<String> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  /** Copies the options in their order. */
  public RunOptions {
    values = new LinkedHashMap<>(values);
  }

  /** The options of the search, in the order in which people look for them. */
  public Map<String, String> search() {
    return only(SEARCH.stream().filter(values::containsKey));
  }

  /** Returns the options as JSON has them: numbers as numbers, flags as true. */
  public Map<String, Object> typed() {
    Map<String, Object> typed = new LinkedHashMap<>();
    values.forEach((name, value) -> typed.put(name, typed(name, value)));
    return typed;
  }

  private static Object typed(String name, String value) {
    if (name.equals(CUDA_GRAPHS)) {
      return !value.equals("off");
    }
    return TEXTS.contains(name) ? value : value.isEmpty() ? true : typed(value);
  }

  /** Returns every option of a final training with its value; null where none was given. */
  Map<String, Object> finalTrainingConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    FIXED_IN_FINAL_TRAINING.forEach(name -> config.put(name, null));
    NOT_FIXED_IN_FINAL_TRAINING.forEach(name -> config.put(name, null));
    FLAGS.forEach(name -> config.put(name, false));
    config.putAll(typed());
    return config;
  }

  /** Returns the number or the truth value that this text writes, or the text. */
  public static Object typed(String text) {
    if (text.equals("true")) {
      return true;
    }
    try {
      Object number = text.matches("-?[0-9]+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
      // A text that the number does not give back, such as the bits of a chromosome, stays one.
      return number.toString().equals(text) && text.matches("-?[0-9].*") ? number : text;
    } catch (NumberFormatException e) {
      return text;
    }
  }

  /** All others. */
  public Map<String, String> training() {
    return only(
        values.keySet().stream().filter(name -> !SEARCH.contains(name) && !name.equals(GROWTH)));
  }

  private Map<String, String> only(Stream<String> names) {
    Map<String, String> some = new LinkedHashMap<>();
    names.forEach(name -> some.put(name, values.get(name)));
    return some;
  }

  /** The number of generations that was asked for, or {@code ?}. */
  public String generations() {
    return values.getOrDefault("generations", "?");
  }

  /** How many distinct networks the search may evaluate, if that is limited. */
  public OptionalInt evaluations() {
    return values.containsKey("evaluations")
        ? OptionalInt.of(Integer.parseInt(values.get("evaluations")))
        : OptionalInt.empty();
  }

  /** Whether one of the program's algorithms without generations searches. */
  public boolean hasNoGenerations() {
    return values.containsKey("algorithm");
  }

  /** Whether evaluations or an exhausted space may end the search before its last generation. */
  boolean mayEndEarly() {
    return !hasNoGenerations()
        && (values.containsKey("evaluations") || values.containsKey("surrogate"));
  }

  /** The seed of the run, or null. */
  public String seed() {
    return values.get("seed");
  }

  /** The epochs of a final training. */
  public int epochs() {
    return Integer.parseInt(values.getOrDefault("epochs", "0"));
  }

  /**
   * The command lines that repeat the run, without its directory.
   *
   * @param command and operand, such as {@code evolve}
   * @param data the name of the data set
   * @param quoted writes a value for a shell
   */
  public String command(String command, String data, UnaryOperator<String> quoted) {
    List<String> words = new ArrayList<>();
    String input = "";
    for (Map.Entry<String, String> option : values.entrySet()) {
      String value = option.getValue();
      if (option.getKey().equals(GROWTH)) {
        continue;
      }
      words.add("--" + option.getKey());
      if (option.getKey().equals(SEED_POPULATION)) {
        // The run stores the chromosomes; the option takes a file, or standard input.
        input = "printf '%s\\n' " + value + " | ";
        words.add("-");
      } else if (!value.isEmpty() && !value.equals("true")) {
        words.add(quoted.apply(value));
      }
    }
    if (!values.containsKey(DATA) && data.startsWith("synthetic")) {
      words.add("--data synthetic");
    }
    return input + "java -jar cnn-evolution.jar " + command + " " + String.join(" ", words);
  }
}
