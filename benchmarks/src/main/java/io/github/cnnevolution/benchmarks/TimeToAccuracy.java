package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.benchmarks.ScheduleTimes.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/**
 * Seconds of training to a test accuracy, ours against a Python program's: each by complete
 * schedules of several lengths, in turn. The accuracy is what the Python has in the mean after its
 * reference schedule.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.TimeToAccuracy measure times.csv --data DIR --python COMMAND
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.TimeToAccuracy table times.csv
 * </pre>
 *
 * <p>A measurement that is stopped goes on where it was. The Python program takes {@code
 * --chromosomes FILE --data DIR --epochs N --seed N --workers 1 --threads 1} and prints a line with
 * {@code acc NUMBER} and {@code train_s NUMBER}.
 */
public final class TimeToAccuracy {
  private static final String OURS = "ours";
  private static final String PYTHON = "python";
  private static final int REFERENCE_EPOCHS = 5;
  private static final String SIX =
      "00000000000000000000,00001000000010000000,01010010000001000000,10011011000010100000,"
          + "11001000000010010000,11010001000011110000";

  private final Path file;
  private final CommandLine line;

  private TimeToAccuracy(Path file, CommandLine line) {
    this.file = file;
    this.line = line;
  }

  private static Options options() {
    Options options = new Options();
    options.addOption(option("data", "CIFAR-100 in the binary version, or a sample of it"));
    options.addOption(option("python", "the program with the options that tune it"));
    options.addOption(option("options", "further options of ours, such as '--optimizer muon'"));
    options.addOption(option("jar", "ours (target/cnn-evolution.jar)"));
    options.addOption(option("networks", "chromosomes, with commas (the six references)"));
    options.addOption(option("epochs", "schedules (1,2,3,5,8)"));
    options.addOption(option("seeds", "how many (3)"));
    return options;
  }

  private static Option option(String name, String what) {
    return Option.builder().longOpt(name).hasArg().desc(what).get();
  }

  /** Measures, or prints the table of what was measured. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      CommandLine line = new DefaultParser().parse(options(), arguments);
      List<String> words = line.getArgList();
      if (words.size() != 2 || !List.of("measure", "table").contains(words.get(0))) {
        throw new ParseException("give: measure FILE --data DIR --python COMMAND, or table FILE");
      }
      Path file = Path.of(words.get(1));
      if (words.get(0).equals("measure")) {
        if (!line.hasOption("data") || !line.hasOption("python")) {
          throw new ParseException("--data and --python are needed");
        }
        new TimeToAccuracy(file, line).measure();
      }
      print(ScheduleTimes.read(file));
    } catch (ParseException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private void measure() throws IOException, InterruptedException {
    ScheduleTimes known = ScheduleTimes.read(file);
    if (known.all().isEmpty()) {
      append(ScheduleTimes.HEAD);
    }
    int[] schedules =
        Arrays.stream(line.getOptionValue("epochs", "1,2,3,5,8").split(",", -1))
            .mapToInt(Integer::parseInt)
            .toArray();
    // The outer loop is the seeds, so that a measurement that is stopped has whole tables.
    for (long seed : seeds()) {
      for (int epochs : schedules) {
        for (String network : line.getOptionValue("networks", SIX).split(",", -1)) {
          for (String program : List.of(OURS, PYTHON)) {
            if (!known.has(program, network, epochs, seed)) {
              append(run(program, network, epochs, seed).line());
            }
          }
        }
      }
    }
  }

  private long[] seeds() {
    return LongStream.rangeClosed(1, Long.parseLong(line.getOptionValue("seeds", "3"))).toArray();
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private Training run(String program, String network, int epochs, long seed)
      throws IOException, InterruptedException {
    boolean ours = program.equals(OURS);
    Path chromosomes = Files.createTempFile("network", ".txt");
    try {
      Files.writeString(chromosomes, network + "\n");
      List<String> command = new ArrayList<>();
      if (ours) {
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-jar");
        command.add(line.getOptionValue("jar", "target/cnn-evolution.jar"));
        command.addAll(words("evaluate --json --test --gpus none"));
      } else {
        command.addAll(words(line.getOptionValue("python")));
        command.addAll(words("--threads 1"));
      }
      command.addAll(List.of("--data", line.getOptionValue("data")));
      command.addAll(List.of("--chromosomes", chromosomes.toString()));
      command.addAll(words("--workers 1 --epochs " + epochs + " --seed " + seed));
      if (ours && line.hasOption("options")) {
        command.addAll(words(line.getOptionValue("options")));
      }
      String printed = String.join("\n", OneThreadProcess.output(command));
      return new Training(
          program,
          network,
          epochs,
          seed,
          number(printed, ours ? "\"train_seconds\":" : "train_s "),
          number(printed, ours ? "\"test_accuracy\":" : "acc "));
    } finally {
      Files.delete(chromosomes);
    }
  }

  private static List<String> words(String text) {
    return List.of(text.trim().split(" +"));
  }

  private static double number(String printed, String name) throws IOException {
    Matcher matcher =
        Pattern.compile("(^|[^A-Za-z_])" + Pattern.quote(name) + "([-+.0-9eE]+)").matcher(printed);
    if (!matcher.find()) {
      throw new IOException("no \"" + name + "\" in: " + printed);
    }
    return Double.parseDouble(matcher.group(2));
  }

  private static void print(ScheduleTimes times) {
    System.out.println(
        "| network | accuracy of the Python after "
            + REFERENCE_EPOCHS
            + " epochs | its time, s | ours, s | ratio | by seed |");
    System.out.println("|---|---|---|---|---|---|");
    double logarithms = 0;
    int ratios = 0;
    for (String network : times.networks()) {
      OptionalDouble wanted = times.accuracy(PYTHON, network, REFERENCE_EPOCHS);
      if (wanted.isEmpty()) {
        continue;
      }
      OptionalDouble python = times.secondsTo(wanted.getAsDouble(), PYTHON, network);
      OptionalDouble ours = times.secondsTo(wanted.getAsDouble(), OURS, network);
      OptionalDouble ratio = ratio(times, network);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f %% | %s | %s | %s | %s |%n",
          network,
          100 * wanted.getAsDouble(),
          text(python, "%.1f"),
          text(ours, "%.1f"),
          text(ratio, "%.2f"),
          bySeed(times, network));
      if (ratio.isPresent()) {
        logarithms += Math.log(ratio.getAsDouble());
        ratios++;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| geometric mean of %d of %d | | | | **%s** | |%n",
        ratios,
        times.networks().size(),
        ratios == 0 ? "none" : String.format(Locale.ROOT, "%.2f", Math.exp(logarithms / ratios)));
  }

  /** How many times sooner ours is as accurate as the Python is after its reference schedule. */
  private static OptionalDouble ratio(ScheduleTimes times, String network) {
    OptionalDouble wanted = times.accuracy(PYTHON, network, REFERENCE_EPOCHS);
    if (wanted.isEmpty()) {
      return OptionalDouble.empty();
    }
    OptionalDouble python = times.secondsTo(wanted.getAsDouble(), PYTHON, network);
    OptionalDouble ours = times.secondsTo(wanted.getAsDouble(), OURS, network);
    return python.isPresent() && ours.isPresent()
        ? OptionalDouble.of(python.getAsDouble() / ours.getAsDouble())
        : OptionalDouble.empty();
  }

  private static String bySeed(ScheduleTimes times, String network) {
    List<String> ratios = new ArrayList<>();
    for (long seed : times.seeds()) {
      ratios.add(text(ratio(times.ofSeed(seed), network), "%.2f"));
    }
    return String.join(" ", ratios);
  }

  private static String text(OptionalDouble value, String format) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, value.getAsDouble())
        : "not reached";
  }
}
