package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.CandidateEvaluation;
import io.github.cnnevolution.engine.CandidateSettings;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.SessionListener;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.EvaluationReport;
import io.github.cnnevolution.report.SessionConsole;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.cli.Options;

/**
 * Trains given chromosomes as the search would, and prints their fitness in the order of the input.
 */
final class EvaluateCommand implements Command {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public String summary() {
    return "Trains given chromosomes as the search would, and prints their fitness.";
  }

  @Override
  public String operands() {
    return "[CHROMOSOME|NETWORK...]";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Arguments.valued(
            "chromosomes",
            "FILE",
            "file with one chromosome or name of a network per line, or - for standard input"));
    options.addOption(Arguments.flag("json", "print one JSON object per line"));
    options.addOption(Arguments.flag("test", "also measure the accuracy on the test images"));
    ClusterOptions.options().forEach(options::addOption);
    SpaceOptions.options().forEach(options::addOption);
    SpaceOptions.bounds().forEach(options::addOption);
    CandidateOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, InterruptedException {
    CandidateSettings.Builder builder = CandidateSettings.builder();
    CandidateOptions.apply(arguments, builder);
    SearchSpace space = SpaceOptions.space(arguments, new PlainSpace());
    SpaceOptions.apply(arguments, builder);
    CandidateSettings settings = builder.build();
    ClusterOptions.check(arguments, List.of("workers", "gpus", "profile"));
    ClusterOptions.requireSpark(arguments);
    List<Chromosome> chromosomes = chromosomes(arguments, space, console);
    boolean json = arguments.has("json");
    boolean withTest = arguments.has("test");
    LibTorch.prepare(settings.gpu().cudaPath());
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        ClusterOptions cluster = ClusterOptions.start(arguments, settings.gpu());
        SessionConsole view = new SessionConsole(console);
        CandidateEvaluation evaluation = start(cluster, settings, space, withTest, view)) {
      EvaluationReport report =
          new EvaluationReport(
              evaluation.validationImages(),
              withTest ? OptionalInt.of(evaluation.testImages()) : OptionalInt.empty(),
              evaluation.classes());
      console.notices().println("data: " + evaluation.dataName());
      report.accuracies().forEach(console.notices()::println);
      if (!json) {
        console.out().println(report.header());
      }
      List<Evaluation> evaluations =
          evaluation.evaluate(
              chromosomes,
              (chromosome, result) -> {
                console
                    .out()
                    .println(
                        json ? report.json(chromosome, result) : report.row(chromosome, result));
                console.out().flush();
              });
      return code(evaluations);
    }
  }

  private static CandidateEvaluation start(
      ClusterOptions cluster,
      CandidateSettings settings,
      SearchSpace space,
      boolean withTest,
      SessionListener view)
      throws InterruptedException {
    return cluster.cluster().isPresent()
        ? CandidateEvaluation.start(cluster.cluster().get(), settings, space, withTest, view)
        : CandidateEvaluation.start(settings, space, withTest, view);
  }

  /** Those of the command line, or of the file. */
  private static List<Chromosome> chromosomes(
      Arguments arguments, SearchSpace space, Console console) throws UsageException {
    Optional<String> file = arguments.text("chromosomes");
    List<String> operands = arguments.operands();
    if (file.isPresent() == !operands.isEmpty()) {
      throw new UsageException(
          file.isPresent()
              ? Text.format(
                  "evaluate takes '%s' or --chromosomes, not both", String.join(" ", operands))
              : "evaluate needs a chromosome, the name of a network, or --chromosomes FILE with them");
    }
    return file.isPresent()
        ? ChromosomeFile.read(space, file.get(), console.in())
        : ChromosomeFile.parse(space, operands, space.defaultLength());
  }

  /** A script must notice one failure among many. */
  static int code(List<Evaluation> evaluations) {
    return evaluations.stream().anyMatch(Evaluation::isFailed) ? ExitCode.FAILED : ExitCode.OK;
  }
}
