package io.github.cnnevolution.cli;

import java.io.File;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The options of a run as its store keeps them, and which of them may be others when the run goes
 * on.
 */
final class RunOptions {
  /** Each of these changes what a run finds. */
  private static final List<String> FIXED =
      List.of(
          "pop_size",
          "genome_size",
          "tournament_size",
          "crossover_rate",
          "mutation_rate",
          "elitism",
          "seed",
          "train_limit",
          "epochs",
          "batch_size",
          "learning_rate",
          "precision",
          "threads_per_worker",
          "tf32",
          "deterministic",
          "cuda_graphs");

  /** These stay as they were given, unless they are given anew; the data are checked apart. */
  private static final List<String> FREE =
      List.of(
          "workers",
          "gpus",
          "workers_per_gpu",
          "cuda_path",
          "candidate_timeout",
          "reuse",
          "data",
          RunPlan.TOP_K);

  private static final List<String> PATHS = List.of("cuda_path", "reuse", "data");

  private RunOptions() {}

  /**
   * What the store of a new run keeps.
   *
   * @param config the value of every option, given or not
   */
  static Map<String, String> toStore(Arguments arguments, Map<String, Object> config) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String name : FIXED) {
      Object value = config.get(name);
      if (value != null && !value.equals(false)) {
        options.put(name, value.toString());
      }
    }
    options.put("generations", config.get("generations").toString());
    options.putAll(given(arguments, FREE));
    return options;
  }

  /** What the store keeps once a run goes on with these arguments. */
  static Map<String, String> update(Map<String, String> stored, Arguments arguments) {
    Map<String, String> options = new LinkedHashMap<>(stored);
    if (arguments.isGiven("generations")) {
      options.put("generations", arguments.text("generations").orElseThrow());
    }
    options.putAll(given(arguments, FREE));
    return options;
  }

  /** Whether an option is given that is stored with another value, or not at all. */
  static boolean changes(String name, Arguments arguments, Map<String, String> stored) {
    return arguments.isGiven(name)
        && !arguments.text(name).equals(Optional.ofNullable(stored.get(name)));
  }

  /** Of these options, those that were typed; paths are made absolute. */
  static Map<String, String> given(Arguments arguments, List<String> names) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String name : names) {
      if (arguments.isGiven(name)) {
        String text = arguments.text(name).orElse("");
        // The run may go on from another working directory.
        boolean path = PATHS.contains(name) && !text.equals("synthetic");
        options.put(name, path ? absolute(text) : text);
      }
    }
    return options;
  }

  /** Of one path, or of several as in a class path. */
  private static String absolute(String paths) {
    return Arrays.stream(paths.split(File.pathSeparator, -1))
        .map(path -> Path.of(path).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * Refuses an option that is given and would make another run of it.
   *
   * @param stored of the run
   * @param run what the run is called in the message
   */
  static void check(Arguments arguments, Map<String, String> stored, Object run)
      throws UsageException {
    check(arguments, stored, run, FIXED);
  }

  /**
   * The same for another kind of run.
   *
   * @param fixed the options that would make another run of it
   */
  static void check(Arguments arguments, Map<String, String> stored, Object run, List<String> fixed)
      throws UsageException {
    for (String name : fixed) {
      if (!arguments.isGiven(name)) {
        continue;
      }
      String given = arguments.text(name).orElse("");
      String before = stored.get(name);
      boolean automatic = name.equals("precision") && given.equals("auto");
      if (!automatic && (before == null || (!given.isEmpty() && !equal(given, before)))) {
        throw new UsageException(
            "--%s%s: the run in %s was started %s, and its results would change; leave the option out, or begin a new run"
                .formatted(
                    name,
                    given.isEmpty() ? "" : " " + given,
                    run,
                    before == null ? "without it" : "with " + before));
      }
    }
  }

  /** As numbers, where both are. */
  private static boolean equal(String a, String b) {
    try {
      return new BigDecimal(a).compareTo(new BigDecimal(b)) == 0;
    } catch (NumberFormatException e) {
      return a.equals(b);
    }
  }
}
