package io.github.cnnevolution.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.benchmarks.Incumbents.Incumbent;
import io.github.cnnevolution.benchmarks.Incumbents.Trained;
import io.github.cnnevolution.data.Cifar100Files;
import io.github.cnnevolution.data.ImageSet;
import io.github.cnnevolution.data.StratifiedSplit;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.run.StoredRun;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/**
 * Searches by several programs at equal wall time: the best network of each, from when on, and
 * after how many trainings; afterwards the test accuracy of these networks.
 *
 * <p>All train on the same images and choose by the same others: ours by its own split of the
 * training images, the others on {@code SPLIT/search}, whose {@code test.bin} has our validation
 * images. They see no test image before {@code test}, which trains each network once more: ours to
 * the same bits, which is checked, the others on {@code SPLIT/test}.
 *
 * <p>A search is {@code --search NAME=OPTIONS}, options of {@code evolve}, or {@code --program
 * NAME=COMMAND}. A program takes {@code --data DIR --seed N --workers N --threads 1} and, for
 * {@code test}, {@code --chromosomes FILE}; of each network it prints a line that begins with its
 * chromosome and has {@code acc NUMBER} in it. It searches until it is killed. A measurement that
 * is stopped goes on where it was.
 *
 * <p>The commands are in {@code benchmarks/results/equal_time.sh}.
 */
public final class EqualTime {
  private static final String TESTS_HEAD = "search,seed,network,test_accuracy";
  private static final String USAGE =
      "give: split DATA SPLIT, run CSV, test CSV TESTS or table CSV TESTS";
  private static final Pattern TRAINED =
      Pattern.compile("([01]+) (?:.*[^a-z_])?acc ([-+.0-9eE]+).*");
  private static final String TRAIN = "train.bin";
  private static final String TEST = "test.bin";

  /** Options of a search that say how its networks are trained. */
  private static final Set<String> OF_TRAININGS =
      Set.of(
          "--space", "--epochs", "--optimizer", "--batch_size", "--learning_rate", "--precision");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final CommandLine line;
  private final Map<String, String> searches = new LinkedHashMap<>();
  private final Map<String, String> programs = new LinkedHashMap<>();

  private EqualTime(CommandLine line) throws ParseException {
    this.line = line;
    keep("search", searches);
    keep("program", programs);
  }

  private void keep(String option, Map<String, String> values) throws ParseException {
    String[] given = line.getOptionValues(option);
    for (String value : given == null ? new String[0] : given) {
      int equals = value.indexOf('=');
      if (equals < 1) {
        throw new ParseException("--" + option + " '" + value + "' must be NAME=VALUE");
      }
      values.put(value.substring(0, equals), value.substring(equals + 1));
    }
  }

  private static Options options() {
    Options options = new Options();
    options.addOption(option("data", "CIFAR-100 in the binary version"));
    options.addOption(option("split", "what `split` wrote"));
    options.addOption(option("search", "NAME=OPTIONS of evolve; several times"));
    options.addOption(option("program", "NAME=COMMAND; several times"));
    options.addOption(option("images", "training images (9000)"));
    options.addOption(option("seconds", "wall time of each search (1200)"));
    options.addOption(option("seeds", "how many (3)"));
    options.addOption(option("workers", "of each search (2)"));
    options.addOption(option("jar", "ours (target/cnn-evolution.jar)"));
    options.addOption(option("runs", "directory for run directories, new (target/equal-time)"));
    options.addOption(option("profiles", "directory: our searches run in SearchProfile"));
    return options;
  }

  private static Option option(String name, String what) {
    return Option.builder().longOpt(name).hasArg().desc(what).get();
  }

  /** Splits data, runs searches, tests what they found, or prints a table. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      CommandLine line = new DefaultParser().parse(options(), arguments);
      List<String> words = line.getArgList();
      EqualTime all = new EqualTime(line);
      switch (words.isEmpty() ? "" : words.get(0) + " " + words.size()) {
        case "split 3" -> all.split(Path.of(words.get(1)), Path.of(words.get(2)));
        case "run 2" -> all.run(Path.of(words.get(1)));
        case "test 3" -> all.test(Path.of(words.get(1)), Path.of(words.get(2)));
        case "table 3" -> table(Path.of(words.get(1)), Path.of(words.get(2)));
        default -> throw new ParseException(USAGE);
      }
    } catch (ParseException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private String needed(String option) {
    if (!line.hasOption(option)) {
      throw new IllegalArgumentException("--" + option + " is needed");
    }
    return line.getOptionValue(option);
  }

  private int number(String option, String without) {
    return Integer.parseInt(line.getOptionValue(option, without));
  }

  private int seconds() {
    return number("seconds", "1200");
  }

  private int images() {
    return number("images", "9000");
  }

  /** Writes our training images with our validation images, and with the test images. */
  private void split(Path data, Path into) throws IOException {
    StratifiedSplit split = StratifiedSplit.of(Cifar100Files.read(data).train());
    ImageSet training = split.training().first(images());
    for (String name : List.of("search", "test")) {
      Path directory = Files.createDirectories(into.resolve(name));
      write(training, directory.resolve(TRAIN));
    }
    write(split.validation(), into.resolve("search").resolve(TEST));
    Files.copy(data.resolve(TEST), into.resolve("test").resolve(TEST));
  }

  private static void write(ImageSet images, Path file) throws IOException {
    ByteBuffer pixels = images.pixels();
    byte[] image = new byte[ImageSet.PIXELS];
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < images.size(); i++) {
        pixels.get(i * ImageSet.PIXELS, image);
        // The coarse label, which nobody reads.
        out.write(0);
        out.write(images.label(i));
        out.write(image);
      }
    }
  }

  private void run(Path file) throws IOException, InterruptedException {
    Incumbents known = Incumbents.read(file);
    if (known.all().isEmpty()) {
      append(file, Incumbents.HEAD);
    }
    // The outer loop is the seeds, so that a measurement that is stopped has whole tables.
    for (long seed = 1; seed <= number("seeds", "3"); seed++) {
      for (String name : searches.keySet()) {
        if (!known.seeds(name).contains(seed)) {
          add(file, name, seed, search(name, seed));
        }
      }
      for (String name : programs.keySet()) {
        if (!known.seeds(name).contains(seed)) {
          add(file, name, seed, program(name, seed));
        }
      }
    }
  }

  private void add(Path file, String name, long seed, List<Trained> trained) throws IOException {
    Incumbents found = Incumbents.of(name, seed, trained, seconds());
    append(file, String.join("\n", found.all().stream().map(Incumbent::line).toList()));
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<String> jar() {
    return List.of("-jar", line.getOptionValue("jar", "target/cnn-evolution.jar"));
  }

  private List<String> profiled(String name) throws IOException {
    Path directory = Files.createDirectories(Path.of(line.getOptionValue("profiles")));
    return List.of(
        "-cp",
        System.getProperty("java.class.path"),
        SearchProfile.class.getName(),
        directory.resolve(name + ".txt").toString());
  }

  private List<String> ours(List<String> program, String command) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(program);
    words.addAll(
        List.of(
            command,
            "--gpus",
            "none",
            "--data",
            needed("data"),
            "--train_limit",
            String.valueOf(images()),
            "--workers",
            String.valueOf(number("workers", "2"))));
    return words;
  }

  private List<Trained> search(String name, long seed) throws IOException, InterruptedException {
    String both = name + "-" + seed;
    Path out = unused(line.getOptionValue("runs", "target/equal-time"), both);
    List<String> command = ours(line.hasOption("profiles") ? profiled(both) : jar(), "evolve");
    command.addAll(List.of("--quiet", "--seed", "" + seed, "--out", out.toString()));
    command.addAll(List.of("--max_time", seconds() + "s"));
    command.addAll(words(searches.get(name)));
    long start = System.currentTimeMillis();
    List<String> said = OneThreadProcess.output(command);
    if (line.hasOption("profiles")) {
      said.forEach(System.out::println);
    }
    StoredRun run = StoredRun.of(new RunDirectory(out));
    Map<String, Double> shares = new HashMap<>();
    List<Trained> trained = new ArrayList<>();
    for (StoredEvaluation stored : run.evaluations()) {
      Evaluation evaluation = stored.evaluation();
      String network = evaluation.job().architecture().phenotype();
      double share = evaluation.isFailed() ? 1 : evaluation.trainedFraction();
      // A training that goes on costs what is left of it.
      double cost = share - shares.getOrDefault(network, 0.0);
      shares.put(network, share);
      trained.add(
          new Trained(
              (stored.endedMillis() - start) / 1e3,
              cost,
              network,
              evaluation.isPart() ? -1 : evaluation.fitness()));
    }
    return trained;
  }

  /** A run that was stopped has left its directory. */
  private static Path unused(String runs, String name) {
    Path first = Path.of(runs, name);
    return Stream.concat(
            Stream.of(first),
            IntStream.iterate(2, i -> i + 1).mapToObj(i -> Path.of(runs, name + "-" + i)))
        .filter(path -> !Files.exists(path))
        .findFirst()
        .orElseThrow();
  }

  private List<Trained> program(String name, long seed) throws IOException, InterruptedException {
    List<String> command = external(name, "search", seed);
    List<Trained> trained = new ArrayList<>();
    long start = System.nanoTime();
    OneThreadProcess.run(
        command,
        seconds(),
        text -> {
          Matcher matcher = TRAINED.matcher(text);
          if (matcher.matches()) {
            double seconds = (System.nanoTime() - start) / 1e9;
            double fitness = Double.parseDouble(matcher.group(2));
            trained.add(new Trained(seconds, 1, matcher.group(1), fitness));
          }
        });
    return trained;
  }

  private List<String> external(String name, String part, long seed) {
    List<String> command = new ArrayList<>(words(programs.get(name)));
    command.addAll(List.of("--data", Path.of(needed("split"), part).toString()));
    command.addAll(List.of("--seed", "" + seed, "--threads", "1"));
    command.addAll(List.of("--workers", "" + number("workers", "2")));
    return command;
  }

  private static List<String> words(String text) {
    return List.of(text.trim().split(" +"));
  }

  private void test(Path file, Path tests) throws IOException, InterruptedException {
    Incumbents found = Incumbents.read(file);
    Map<String, Double> known = accuracies(tests);
    if (!Files.exists(tests)) {
      append(tests, TESTS_HEAD);
    }
    for (String name : found.searches()) {
      for (long seed : found.seeds(name)) {
        Map<String, Double> missing = new LinkedHashMap<>();
        for (Incumbent one : found.of(name, seed)) {
          if (!one.network().isEmpty() && !known.containsKey(key(one))) {
            missing.put(one.network(), one.fitness());
          }
        }
        if (!missing.isEmpty() && searches.containsKey(name)) {
          testOurs(tests, name, seed, missing);
        } else if (!missing.isEmpty() && programs.containsKey(name)) {
          testOthers(tests, name, seed, missing.keySet());
        }
      }
    }
  }

  /**
   * Trains networks of ours again.
   *
   * @param networks with the fitness that the search has seen
   */
  private void testOurs(Path tests, String name, long seed, Map<String, Double> networks)
      throws IOException, InterruptedException {
    List<String> command = ours(jar(), "evaluate");
    command.addAll(List.of("--json", "--test", "--seed", "" + seed));
    List<String> options = words(searches.get(name));
    for (int i = 0; i < options.size(); i++) {
      if (OF_TRAININGS.contains(options.get(i))) {
        command.addAll(options.subList(i, i + 2));
      }
    }
    command.addAll(networks.keySet());
    for (String text : OneThreadProcess.output(command)) {
      JsonNode one = JSON.readTree(text);
      String network = one.path("phenotype").asText();
      double fitness = one.path("fitness").asDouble();
      if (fitness != networks.get(network)) {
        throw new IOException(
            network + " has the fitness " + fitness + ", not " + networks.get(network));
      }
      addTest(tests, name, seed, network, one.path("test_accuracy").asText());
    }
  }

  private void testOthers(Path tests, String name, long seed, Set<String> networks)
      throws IOException, InterruptedException {
    Path chromosomes = Files.createTempFile("networks", ".txt");
    try {
      Files.writeString(chromosomes, String.join("\n", networks) + "\n");
      List<String> command = external(name, "test", seed);
      command.addAll(List.of("--chromosomes", chromosomes.toString()));
      for (String text : OneThreadProcess.output(command)) {
        Matcher matcher = TRAINED.matcher(text);
        if (matcher.matches()) {
          addTest(tests, name, seed, matcher.group(1), matcher.group(2));
        }
      }
    } finally {
      Files.delete(chromosomes);
    }
  }

  private static void addTest(Path tests, String name, long seed, String network, String accuracy)
      throws IOException {
    append(tests, String.join(",", name, "" + seed, network, accuracy));
  }

  /** Test accuracies by search, seed and network. */
  private static Map<String, Double> accuracies(Path tests) throws IOException {
    Map<String, Double> known = new HashMap<>();
    if (Files.exists(tests)) {
      for (String text : Files.readAllLines(tests)) {
        String[] cells = text.split(",", -1);
        if (!text.equals(TESTS_HEAD)) {
          known.put(String.join(",", cells[0], cells[1], cells[2]), Double.parseDouble(cells[3]));
        }
      }
    }
    return known;
  }

  private static void table(Path file, Path tests) throws IOException {
    Incumbents found = Incumbents.read(file);
    Map<String, Double> known = accuracies(tests);
    System.out.println(
        "| search | trainings | validation, % | test accuracy at the end, %, by seed | mean |");
    System.out.println("|---|---|---|---|---|");
    for (String name : found.searches()) {
      List<Incumbent> last = found.seeds(name).stream().map(s -> found.last(name, s)).toList();
      List<Double> accuracies =
          last.stream().map(one -> known.getOrDefault(key(one), Double.NaN)).toList();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %.2f |%n",
          name,
          texts(last.stream().map(Incumbent::trainings).toList(), 1, "%.0f"),
          texts(last.stream().map(Incumbent::fitness).toList(), 100, "%.1f"),
          texts(accuracies, 100, "%.2f"),
          100 * accuracies.stream().mapToDouble(one -> one).average().orElse(Double.NaN));
    }
  }

  private static String key(Incumbent one) {
    return String.join(",", one.search(), "" + one.seed(), one.network());
  }

  private static String texts(List<Double> values, double factor, String format) {
    return String.join(
        " ",
        values.stream()
            .map(v -> v >= 0 ? String.format(Locale.ROOT, format, factor * v) : "none")
            .toList());
  }
}
