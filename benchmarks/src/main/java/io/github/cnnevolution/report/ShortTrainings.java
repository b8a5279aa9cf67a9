package io.github.cnnevolution.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Whether short trainings put networks into the order of long ones: Spearman's rank correlation of
 * the validation accuracy after a schedule, which a search would see, with the test accuracy after
 * the longest one.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.report.ShortTrainings measure ranks.csv names.txt 'OPTIONS' 'SCHEDULE' 'SCHEDULE'...
 * java -cp target/benchmarks.jar io.github.cnnevolution.report.ShortTrainings table ranks.csv
 * </pre>
 *
 * <p>A schedule is the options of {@code evaluate} that make it, such as {@code --epochs 5}; the
 * last one is the reference. A measurement that is stopped goes on where it was.
 */
public final class ShortTrainings {
  private static final String HEAD = "schedule,network,fitness,test_accuracy,seconds";

  /** So many networks are trained by each schedule before the next ones are. */
  private static final int CHUNK = 10;

  private static final int RESAMPLES = 10_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a schedule has made of a network: accuracies in [0, 1], seconds of training. */
  private record Trained(double fitness, double test, double seconds) {}

  private final Path file;

  /** By schedule, then by network, each in the order in which they were measured first. */
  private final Map<String, Map<String, Trained>> all = new LinkedHashMap<>();

  private ShortTrainings(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] cells = line.split(",", -1);
        if (!line.equals(HEAD)) {
          keep(
              cells[0],
              cells[1],
              new Trained(
                  Double.parseDouble(cells[2]),
                  Double.parseDouble(cells[3]),
                  Double.parseDouble(cells[4])));
        }
      }
    }
  }

  /** Measures, or prints the table of what was measured. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> words = List.of(arguments);
    boolean measure = words.size() > 5 && words.get(0).equals("measure");
    if (!measure && !(words.size() == 2 && words.get(0).equals("table"))) {
      System.err.println("give: measure CSV NAMES OPTIONS SCHEDULE SCHEDULE..., or table CSV");
      System.exit(2);
    }
    ShortTrainings trainings = new ShortTrainings(Path.of(words.get(1)));
    if (measure) {
      trainings.measure(
          Files.readAllLines(Path.of(words.get(2))), words.get(3), words.subList(4, words.size()));
    }
    trainings.print();
  }

  private void keep(String schedule, String network, Trained trained) {
    all.computeIfAbsent(schedule, any -> new LinkedHashMap<>()).put(network, trained);
  }

  private void measure(List<String> networks, String options, List<String> schedules)
      throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      append(HEAD);
    }
    for (int from = 0; from < networks.size(); from += CHUNK) {
      List<String> chunk = networks.subList(from, Math.min(from + CHUNK, networks.size()));
      for (String schedule : schedules) {
        Map<String, Trained> known = all.getOrDefault(schedule, Map.of());
        List<String> missing = chunk.stream().filter(name -> !known.containsKey(name)).toList();
        if (!missing.isEmpty()) {
          evaluate(missing, options, schedule);
        }
      }
    }
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void evaluate(List<String> networks, String options, String schedule)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", "target/cnn-evolution.jar", "evaluate", "--json", "--test"));
    command.addAll(words(options));
    command.addAll(words(schedule));
    command.addAll(networks);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode result = JSON.readTree(line);
        Trained trained =
            new Trained(
                result.path("fitness").asDouble(),
                result.path("test_accuracy").asDouble(),
                result.path("train_seconds").asDouble());
        String network = result.path("phenotype").asText();
        keep(schedule, network, trained);
        append(
            String.join(
                ",",
                schedule,
                network,
                String.valueOf(trained.fitness),
                String.valueOf(trained.test),
                String.valueOf(trained.seconds)));
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException("exit code " + process.exitValue() + " of " + command);
    }
  }

  private static List<String> words(String text) {
    return List.of(text.trim().split(" +"));
  }

  private void print() {
    List<String> schedules = List.copyOf(all.keySet());
    String reference = schedules.get(schedules.size() - 1);
    List<String> networks =
        all.get(reference).keySet().stream()
            .filter(name -> all.values().stream().allMatch(found -> found.containsKey(name)))
            .toList();
    System.out.printf(
        "| %d networks | Spearman (95 %%) to `%s` | test accuracy, mean | its best, by the reference | seconds, mean |%n",
        networks.size(), reference);
    System.out.println("|---|---|---|---|---|");
    double[] longest = values(networks, reference, false);
    for (String schedule : schedules) {
      double[] seen = values(networks, schedule, true);
      int first =
          IntStream.range(0, seen.length)
              .boxed()
              .max(Comparator.comparingDouble(i -> seen[i]))
              .orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "| `%s` | %s | %.2f %% | %.2f %% | %.1f |%n",
          schedule,
          correlation(seen, longest),
          100 * Arrays.stream(values(networks, schedule, false)).average().orElseThrow(),
          100 * longest[first],
          networks.stream()
              .mapToDouble(name -> all.get(schedule).get(name).seconds)
              .average()
              .orElseThrow());
    }
  }

  private double[] values(List<String> networks, String schedule, boolean validation) {
    Map<String, Trained> found = all.get(schedule);
    return networks.stream()
        .map(found::get)
        .mapToDouble(trained -> validation ? trained.fitness : trained.test)
        .toArray();
  }

  /** With the 95 % interval of a bootstrap over the networks (Efron 1979). */
  private static String correlation(double[] seen, double[] longest) {
    int size = seen.length;
    SplittableRandom random = new SplittableRandom(1);
    double[] resampled =
        IntStream.range(0, RESAMPLES)
            .mapToDouble(i -> spearman(seen, longest, random.ints(size, 0, size).toArray()))
            .sorted()
            .toArray();
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        spearman(seen, longest, IntStream.range(0, size).toArray()),
        resampled[RESAMPLES / 40],
        resampled[RESAMPLES - 1 - RESAMPLES / 40]);
  }

  private static double spearman(double[] seen, double[] longest, int[] networks) {
    return new Predictions(
            Arrays.stream(networks)
                .mapToObj(i -> new Predictions.Point(i, seen[i], longest[i]))
                .toList())
        .rankCorrelation()
        .orElse(0.0);
  }
}
