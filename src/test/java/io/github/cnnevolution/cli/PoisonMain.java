package io.github.cnnevolution.cli;

import com.sun.jna.Pointer;
import io.github.cnnevolution.evaluation.CandidateEvaluator;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.report.Console;

/**
 * The program with an evaluator that writes where no memory is, as a fault in native code would,
 * for the network that the property {@code poison} names.
 */
final class PoisonMain {
  private PoisonMain() {}

  public static void main(String[] arguments) {
    Console console = new Console(System.in, System.out, System.err);
    Application application = new Application(new EvolveCommand(PoisonMain::poisoned));
    System.exit(application.run(arguments, console));
  }

  private static CandidateEvaluator poisoned(CandidateEvaluator evaluator) {
    return new CandidateEvaluator() {
      @Override
      public Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
          throws InterruptedException {
        if (job.architecture().phenotype().equals(System.getProperty("poison"))) {
          // Neighbours are well under way then, and must not be blamed.
          Thread.sleep(200);
          crash();
        }
        return evaluator.evaluate(job, worker, microBatches);
      }
    };
  }

  private static void crash() {
    new Pointer(8).setLong(0, 1);
  }
}
