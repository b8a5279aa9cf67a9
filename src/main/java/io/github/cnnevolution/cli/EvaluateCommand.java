package io.github.cnnevolution.cli;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.EvaluationReport;
import io.github.cnnevolution.report.SearchConsole;
import io.github.cnnevolution.space.Chromosome;
import java.util.List;
import org.apache.commons.cli.Options;

/**
 * Trains given chromosomes as the evolution would, and prints what each is worth in the order in
 * which they came.
 */
final class EvaluateCommand implements Command {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public String summary() {
    return "Trains given chromosomes as the evolution would, and prints their fitness.";
  }

  @Override
  public Options options() {
    Options options = new Options();
    options.addOption(
        Arguments.valued(
            "chromosomes",
            "FILE",
            "file with one chromosome a line, or - for standard input (required)"));
    options.addOption(Arguments.flag("json", "print one JSON object a line"));
    options.addOption(Arguments.flag("test", "measure the accuracy on the test images too"));
    CandidateOptions.options().forEach(options::addOption);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException, InterruptedException {
    CandidateOptions options = CandidateOptions.of(arguments);
    String file =
        arguments
            .text("chromosomes")
            .orElseThrow(
                () ->
                    new UsageException(
                        "evaluate needs --chromosomes FILE, or - for standard input"));
    List<Chromosome> chromosomes = ChromosomeFile.read(file, console.in());
    boolean json = arguments.has("json");
    boolean withTest = arguments.has("test");
    try (StopSignal stop = StopSignal.interruptingCurrentThread();
        EvaluationSession session = new EvaluationSession(options, withTest, console);
        EvaluationService service = session.measure(lossesTo(console))) {
      console.err().println("data: " + session.dataset().name());
      if (!json) {
        console.out().println(EvaluationReport.header());
      }
      List<Evaluation> evaluations =
          service.evaluate(
              chromosomes,
              (chromosome, evaluation) -> {
                console
                    .out()
                    .println(
                        json
                            ? EvaluationReport.json(chromosome, evaluation, withTest)
                            : EvaluationReport.row(chromosome, evaluation));
                console.out().flush();
              });
      return evaluations.stream().allMatch(Evaluation::isFailed) ? ExitCode.FAILED : ExitCode.OK;
    }
  }

  private static EvaluationListener lossesTo(Console console) {
    return new EvaluationListener() {
      @Override
      public void onDeviceLost(LostDevice device) {
        console.err().println(SearchConsole.lostLine(device));
      }
    };
  }
}
