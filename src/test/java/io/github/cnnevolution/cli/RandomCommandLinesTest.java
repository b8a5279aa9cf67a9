package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.report.MessageLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.apache.commons.cli.Option;

/**
 * Whatever is typed, the program answers with 0 or with 2 and one line, and leaves nothing behind.
 *
 * <p>No training and no download starts, since one pair of arguments is always wrong: data that is
 * not there, or an address that is none. The seeds are fixed; another seed is another thousand
 * inputs.
 */
class RandomCommandLinesTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** With the name of the program. */
  private static final int LONGEST_LINE = MessageLine.MAX_LENGTH + 20;

  @Property(tries = 1500, seed = "1")
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void evolveEndsInOneLine(@ForAll("evolve") List<String> arguments) {
    collect(assertOneLine(arguments));
  }

  @Property(tries = 1000, seed = "2")
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void evaluateEndsInOneLine(@ForAll("evaluate") List<String> arguments) {
    collect(assertOneLine(arguments));
  }

  @Property(tries = 1000, seed = "3")
  void describeEndsInOneLine(@ForAll("describe") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 300, seed = "4")
  void devicesEndsInOneLine(@ForAll("devices") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 500, seed = "5")
  void downloadEndsInOneLine(@ForAll("download") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 300, seed = "7")
  void runsEndsInOneLine(@ForAll("runs") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 300, seed = "8")
  void exportEndsInOneLine(@ForAll("export") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 300, seed = "9")
  void reportEndsInOneLine(@ForAll("report") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 500, seed = "11")
  void trainEndsInOneLine(@ForAll("train") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 300, seed = "10")
  void predictEndsInOneLine(@ForAll("predict") List<String> arguments) {
    assertOneLine(arguments);
  }

  @Property(tries = 500, seed = "6")
  void anUnknownCommandEndsInOneLine(@ForAll("operand") String command) {
    // Before an option it would be evolve with its defaults, which trains.
    List<String> arguments =
        command.isEmpty() || command.startsWith("-")
            ? List.of(command, "--data", "no/such/directory")
            : List.of(command);
    assertOneLine(arguments);
  }

  @Provide
  Arbitrary<List<String>> evolve() {
    return commandLines(new EvolveCommand(), "--data", "no/such/directory")
        .map(list -> list.get(0).equals("evolve") && list.size() % 2 == 0 ? tail(list) : list);
  }

  @Provide
  Arbitrary<List<String>> evaluate() {
    return Arbitraries.oneOf(
        commandLines(new EvaluateCommand(), "--data", "no/such/directory"),
        commandLines(new EvaluateCommand(), "--data", "no/such/directory", "--chromosomes", "-"));
  }

  @Provide
  Arbitrary<List<String>> describe() {
    Arbitrary<String> chromosome =
        Arbitraries.strings().withChars("01").ofMinLength(17).ofMaxLength(40);
    Arbitrary<List<String>> operands =
        Arbitraries.frequencyOf(Tuple.of(6, chromosome), Tuple.of(1, HostileTexts.any()))
            .list()
            .ofMaxSize(4);
    Arbitrary<List<String>> described =
        Combinators.combine(
                Arbitraries.of("--json", "--", "-h", "-"),
                operands,
                Arbitraries.integers().between(0, 8))
            .as(
                (flag, values, place) -> {
                  List<String> line = new ArrayList<>(values);
                  if (place <= values.size()) {
                    line.add(place, flag);
                  }
                  line.add(0, "describe");
                  return line;
                });
    return Arbitraries.oneOf(described, described, commandLines(new DescribeCommand()));
  }

  @Provide
  Arbitrary<List<String>> devices() {
    return commandLines(new DevicesCommand());
  }

  @Provide
  Arbitrary<List<String>> download() {
    return commandLines(new DownloadCommand(), "--url", "nowhere");
  }

  @Provide
  Arbitrary<List<String>> runs() {
    return Arbitraries.oneOf(
        commandLines(new RunsCommand(), "no/such/directory"),
        commandLines(new RunsCommand(), "show", "no/such/directory"));
  }

  @Provide
  Arbitrary<List<String>> export() {
    return commandLines(new ExportCommand(), "no/such/directory");
  }

  @Provide
  Arbitrary<List<String>> train() {
    return Arbitraries.oneOf(
        commandLines(new TrainCommand(), "--data", "no/such/directory"),
        commandLines(new TrainCommand(), "--data", "no/such/directory", "00000000000000000000"));
  }

  @Provide
  Arbitrary<List<String>> report() {
    return commandLines(new ReportCommand(), "no/such/directory");
  }

  @Provide
  Arbitrary<List<String>> predict() {
    return commandLines(new PredictCommand(), "no/such/image");
  }

  @Provide
  Arbitrary<String> operand() {
    return HostileTexts.any();
  }

  /**
   * A command with options of its own and of nobody, values that fit and values that do not, in any
   * order, and somewhere among them the pair that stops it.
   */
  private static Arbitrary<List<String>> commandLines(Command command, String... wrong) {
    // A supervisor would start this program once more, as a process of its own; a check of the
    // devices takes long.
    List<Option> options =
        command.options().getOptions().stream()
            .filter(option -> !Set.of("supervise", "check").contains(option.getLongOpt()))
            .toList();
    Arbitrary<List<String>> piece =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.of(options).flatMap(RandomCommandLinesTest::option)),
            Tuple.of(1, HostileTexts.any().map(List::of)),
            Tuple.of(1, Arbitraries.of("--help", "-h", "--", "-V").map(List::of)));
    return Combinators.combine(piece.list().ofMaxSize(6), Arbitraries.integers().between(0, 6))
        .as(
            (pieces, place) -> {
              List<List<String>> all = new ArrayList<>(pieces);
              all.add(Math.min(place, pieces.size()), List.of(wrong));
              List<String> line = new ArrayList<>(List.of(command.name()));
              all.forEach(line::addAll);
              return line;
            });
  }

  /** One option in either spelling, its value apart, behind an equals sign, or missing. */
  private static Arbitrary<List<String>> option(Option option) {
    String snake = "--" + option.getLongOpt();
    Arbitrary<String> name =
        Arbitraries.of(snake, snake.replace('_', '-').replaceFirst("-+", "--"));
    Arbitrary<String> value = value(option.getLongOpt());
    Arbitrary<List<String>> apart = Combinators.combine(name, value).as(List::of);
    Arbitrary<List<String>> joined =
        Combinators.combine(name, value).as((n, v) -> List.of(n + "=" + v));
    Arbitrary<List<String>> alone = name.map(List::of);
    return option.hasArg()
        ? Arbitraries.frequencyOf(Tuple.of(6, apart), Tuple.of(3, joined), Tuple.of(1, alone))
        : Arbitraries.frequencyOf(Tuple.of(6, alone), Tuple.of(1, joined));
  }

  private static Arbitrary<String> value(String option) {
    Arbitrary<String> fitting =
        switch (option) {
          case "crossover_rate",
              "mutation_rate",
              "learning_rate",
              "mixup",
              "ema",
              "dropout_share" ->
              Arbitraries.of("0.5", "1", "1e-3");
          case "precision" -> Arbitraries.of("auto", "fp32");
          case "optimizer" -> Arbitraries.of("auto", "sgd", "muon");
          case "gpus" -> Arbitraries.of("all", "none", "0,1");
          case "top_k" -> Arbitraries.of("1", "100");
          case "genome_size" -> Arbitraries.of("19", "20", "10000");
          case "out" ->
              Arbitraries.of("target/never", "never", "target/never/deeper", "\u00e4 \u4e2d");
          case "resume", "reuse", "best" -> Arbitraries.of("no/such/run", "src", "pom.xml");
          case "max_time", "candidate_timeout" -> Arbitraries.of("90s", "30m", "2h", "100ms");
          case "objectives" -> Arbitraries.of("accuracy,flops", "latency,accuracy", "flops");
          case "prefer" -> Arbitraries.of("accuracy", "knee");
          case "max_latency" -> Arbitraries.of("2ms", "800us", "1s", "2m");
          case "dashboard" -> Arbitraries.of("0", "65536", "8765x");
          case "dashboard_host" -> Arbitraries.of("127.0.0.1", "localhost", "192.0.2.1");
          case "format" -> Arbitraries.of("python", "torchscript", "onnx");
          case "model" -> Arbitraries.of("no/such/model.pt", "pom.xml", "src", "/");
          case "chromosomes", "seed_population" -> Arbitraries.of("-", "pom.xml", ".");
          default -> Arbitraries.of("1", "2", "5");
        };
    // More threads would be set for this whole process and slow down the tests that follow.
    return Arbitraries.frequencyOf(Tuple.of(1, fitting), Tuple.of(1, HostileTexts.any()))
        .map(text -> option.equals("threads_per_worker") && isCount(text) ? "1" : text)
        // It is opened before anything is checked, and would be left behind.
        .map(text -> option.equals("log") ? "no/such/directory/log" : text);
  }

  private static boolean isCount(String text) {
    try {
      return Integer.parseInt(text) > 1;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static List<String> tail(List<String> list) {
    return list.subList(1, list.size());
  }

  /** No control characters either: they would make two lines of one, or colour the terminal. */
  private static CommandLineRun assertOneLine(List<String> arguments) {
    Set<String> before = files();
    CommandLineRun run =
        assertTimeoutPreemptively(
            LIMIT,
            () ->
                CommandLineRun.withInput(
                    "00000000000000000000\n", arguments.toArray(String[]::new)));
    assertTrue(
        run.code() == ExitCode.OK || run.code() == ExitCode.USAGE,
        () -> run.code() + " " + run.err());
    assertFalse(run.err().contains("\tat ") || run.err().contains("Exception in"), run::err);
    if (run.code() == ExitCode.USAGE) {
      assertEquals("", run.out());
      assertTrue(run.err().startsWith("cnn-evolution: ") && run.err().endsWith("\n"), run::err);
      String line = run.err().substring(0, run.err().length() - 1);
      assertTrue(line.length() <= LONGEST_LINE, () -> line.length() + " characters");
      assertTrue(line.chars().noneMatch(RandomCommandLinesTest::breaksTheLine), run::err);
    } else {
      assertEquals("", run.err());
    }
    assertEquals(before, files(), "nothing is written");
    return run;
  }

  /** The inputs are worth something only if all goes well up to the data in a good part of them. */
  private static void collect(CommandLineRun run) {
    Statistics.collect(
        run.err().startsWith("cnn-evolution: no/such/directory: expected a directory"));
    Statistics.coverage(coverage -> coverage.check(true).percentage(p -> p >= 5));
  }

  private static boolean breaksTheLine(int c) {
    return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
  }

  /** What lies in the working directory and in target/. */
  private static Set<String> files() {
    try (Stream<Path> here = Files.list(Path.of(""));
        Stream<Path> target = Files.list(Path.of("target"))) {
      return Stream.concat(here, target).map(Path::toString).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
